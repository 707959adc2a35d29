# How the code is compiled, as two interface targets. They are linked PRIVATE, so nothing here reaches a consumer.

include(CheckCXXCompilerFlag)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(swt_compile_flags INTERFACE)
target_compile_options(swt_compile_flags INTERFACE -Wall -Wextra -Wpedantic $<$<BOOL:${SWT_WERROR}>:-Werror>)

# Nothing is visible outside but what the header marks SWT_API. Sections let a linker drop what it does not use.
target_compile_options(swt_compile_flags INTERFACE
                       -fvisibility=hidden $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
                       -ffunction-sections -fdata-sections -fstack-protector-strong)

# Not every compiler and processor has these.
foreach(flag IN ITEMS -fno-gnu-unique -fcf-protection -fstack-clash-protection)
  string(MAKE_C_IDENTIFIER "SWT_HAS${flag}" has_flag)
  check_cxx_compiler_flag("-Werror ${flag}" ${has_flag})
  if(${has_flag})
    target_compile_options(swt_compile_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:${flag}>)
  endif()
endforeach()

# glibc warns when it is asked to fortify code that is not optimised. Undefined first: some compilers preset a level.
target_compile_options(swt_compile_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
                                                   $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)

# SWT_SANITIZE=address finds bad memory accesses, leaks and undefined behaviour; =thread finds data races. Everything that
# is built here gets it, tests included. Any report ends the program: a test that goes on after one would pass.
set(SWT_SANITIZE "" CACHE STRING "Build with sanitizers: address (with undefined), thread, or nothing")
set_property(CACHE SWT_SANITIZE PROPERTY STRINGS "" address thread)
if(SWT_SANITIZE STREQUAL "address")
  set(swt_sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(SWT_SANITIZE STREQUAL "thread")
  set(swt_sanitizers -fsanitize=thread)
elseif(SWT_SANITIZE)
  message(FATAL_ERROR "SWT_SANITIZE is address, thread, or nothing; not ${SWT_SANITIZE}")
endif()
if(SWT_SANITIZE)
  add_compile_options(${swt_sanitizers} -fno-omit-frame-pointer -g)
  add_link_options(${swt_sanitizers})
endif()

add_library(swt_link_flags INTERFACE)
target_link_options(swt_link_flags INTERFACE
                    -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,defs -Wl,--gc-sections -Wl,--as-needed)
