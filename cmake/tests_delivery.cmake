# What is delivered to C programs, as they meet it: the library's face, its interface against the baseline, the installed
# tree, and the examples. No test here needs GoogleTest.

set(swt_tests ${PROJECT_SOURCE_DIR}/tests)
set(swt_strict_c99 -std=c99 -Wpedantic -Wall -Wextra -Werror)

# A sanitizer or a coverage run adds libraries and symbols of its own: there is no delivered library to look at.
set(swt_is_instrumented FALSE)
if("${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize|--coverage|-fprofile")
  set(swt_is_instrumented TRUE)
endif()

# The face of the library

if(NOT swt_is_instrumented)
  add_test(NAME capi.shared_library
           COMMAND sh ${swt_tests}/capi/shared_library.sh ${CMAKE_READELF} ${CMAKE_NM} $<TARGET_FILE:swt>)
endif()

add_executable(swt_capi_dlclose tests/capi/dlclose.c)
target_include_directories(swt_capi_dlclose PRIVATE include)
target_compile_options(swt_capi_dlclose PRIVATE ${swt_strict_c99} -D_POSIX_C_SOURCE=200809L)
target_link_libraries(swt_capi_dlclose PRIVATE ${CMAKE_DL_LIBS})
add_dependencies(swt_capi_dlclose swt)
add_test(NAME capi.dlclose COMMAND swt_capi_dlclose $<TARGET_FILE:swt>)
set_tests_properties(capi.dlclose PROPERTIES TIMEOUT 60)

# The binary interface. `cmake --build <folder> --target abi-baseline` writes the baseline anew.

find_program(SWT_ABIDW abidw)
find_program(SWT_ABIDIFF abidiff)
if(NOT swt_is_instrumented)
  add_test(NAME capi.abidiff
           COMMAND sh ${swt_tests}/abi/compare.sh ${SWT_ABIDW} ${SWT_ABIDIFF} ${CMAKE_READELF} ${CMAKE_C_COMPILER}
                   ${swt_header} $<TARGET_FILE:swt>)
  set_tests_properties(capi.abidiff PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endif()
add_custom_target(abi-baseline
                  COMMAND sh ${swt_tests}/abi/describe.sh ${SWT_ABIDW} ${CMAKE_C_COMPILER} ${swt_header}
                          $<TARGET_FILE:swt> ${swt_tests}/abi
                  DEPENDS swt VERBATIM COMMENT "Writing tests/abi/libswt.abi.xml and tests/abi/constants.txt")

# The installed tree, which is made once, and consumers of it

set(swt_consumer_folder ${PROJECT_BINARY_DIR}/consumer)
add_test(NAME consumer.install
         COMMAND sh ${swt_tests}/consumer/install.sh ${CMAKE_COMMAND} ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR}
                 ${swt_consumer_folder})
add_test(NAME consumer.clean_up COMMAND ${CMAKE_COMMAND} -E rm -rf ${swt_consumer_folder})
set_tests_properties(consumer.install PROPERTIES FIXTURES_SETUP swt_installed)
set_tests_properties(consumer.clean_up PROPERTIES FIXTURES_CLEANUP swt_installed)
foreach(way IN ITEMS pkgconfig-shared pkgconfig-static cmake-shared cmake-static cxx)
  add_test(NAME consumer.${way} COMMAND sh ${swt_tests}/consumer/consumer.sh ${way} ${swt_consumer_folder}/tree)
  set_tests_properties(
    consumer.${way} PROPERTIES FIXTURES_REQUIRED swt_installed TIMEOUT 300 ENVIRONMENT
    "CC=${CMAKE_C_COMPILER};CXX=${CMAKE_CXX_COMPILER};CMAKE=${CMAKE_COMMAND};READELF=${CMAKE_READELF};CFLAGS=${CMAKE_C_FLAGS};CXXFLAGS=${CMAKE_CXX_FLAGS}")
endforeach()

# The examples

find_package(Threads REQUIRED)
foreach(example IN ITEMS quickstart redis_sessions key_rotation audit_log own_store two_steps)
  add_executable(swt_example_${example} examples/c/${example}.c)
  target_link_libraries(swt_example_${example} PRIVATE swt Threads::Threads)
  target_compile_options(swt_example_${example} PRIVATE ${swt_strict_c99})
  add_test(NAME example.${example}
           COMMAND sh ${swt_tests}/consumer/examples.sh ${example} $<TARGET_FILE:swt_example_${example}>)
  set_tests_properties(example.${example} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 60)
endforeach()
