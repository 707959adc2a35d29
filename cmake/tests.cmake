# Three kinds of tests run here: the C program and the checks of the delivered library, against libswt.so as a consumer
# meets it; and the GoogleTest programs, against the archive, because they look inside.

# The contract of the header and the library's face

add_executable(swt_capi_lifecycle tests/capi/lifecycle.c)
target_link_libraries(swt_capi_lifecycle PRIVATE swt)
target_compile_options(swt_capi_lifecycle PRIVATE -std=c99 -Wpedantic -Wall -Wextra -Werror)
add_test(NAME capi.lifecycle COMMAND swt_capi_lifecycle)

# For the tests of a C program and a Node.js application over one Redis.
add_executable(swt_c_session tests/integration/c_session.c)
target_link_libraries(swt_c_session PRIVATE swt)
target_compile_options(swt_c_session PRIVATE -std=c99 -Wpedantic -Wall -Wextra -Werror)

set(swt_header ${PROJECT_SOURCE_DIR}/include/swt/swt.h)
add_test(NAME capi.exports
         COMMAND sh ${PROJECT_SOURCE_DIR}/tests/capi/exports.sh ${CMAKE_NM} ${swt_header} ${PROJECT_SOURCE_DIR}/src/libswt.map
                 $<TARGET_FILE:swt>)
add_test(NAME capi.header_c99
         COMMAND ${CMAKE_C_COMPILER} -std=c99 -Wpedantic -Wall -Wextra -Werror -fsyntax-only -x c ${swt_header})
add_test(NAME capi.header_cxx17
         COMMAND ${CMAKE_CXX_COMPILER} -std=c++17 -Wpedantic -Wall -Wextra -Werror -fsyntax-only -x c++ ${swt_header})

include(cmake/tests_delivery.cmake)

# GoogleTest: one program for each folder of tests/

find_package(GTest REQUIRED)
include(GoogleTest)

# More arguments are properties of each of its tests.
function(swt_add_gtest target folder)
  file(GLOB sources CONFIGURE_DEPENDS tests/${folder}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  file(GLOB support CONFIGURE_DEPENDS tests/${folder}/support/*.cpp)
  add_executable(${target} ${sources} ${support})
  target_link_libraries(${target} PRIVATE swt_core swt_compile_flags GTest::gtest_main)
  set(properties "")
  if(ARGN)
    set(properties PROPERTIES ${ARGN})
  endif()
  # Tests are listed when ctest runs: a program that crashes at start is then a failed test and no failed build.
  gtest_discover_tests(${target} TEST_PREFIX ${folder}. WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} DISCOVERY_MODE PRE_TEST
                       ${properties})
endfunction()

swt_add_gtest(swt_unit_tests unit)
swt_add_gtest(swt_vector_tests vectors)
# Against real servers and fake ones, on loopback: one that hangs is ended.
swt_add_gtest(swt_stores_tests stores TIMEOUT 60)
swt_add_gtest(swt_abuse_tests capi)
# What a guest in somebody else's process may do and may not. One whose child hangs is ended.
swt_add_gtest(swt_manners_tests manners TIMEOUT 300)
target_sources(swt_manners_tests PRIVATE tests/stores/support/fake_redis.cpp tests/stores/support/redis_process.cpp)
target_compile_definitions(swt_manners_tests PRIVATE SWT_TEST_LIBRARY="$<TARGET_FILE:swt>")
add_dependencies(swt_manners_tests swt)

# Built on request only: npm run bench:keys
add_executable(swt_bench_keys EXCLUDE_FROM_ALL tests/bench/keys.cpp)
target_link_libraries(swt_bench_keys PRIVATE swt_core swt_compile_flags)
