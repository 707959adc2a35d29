# The Node.js addon: the binding of bindings/node and the core in one file, which is all that a process of Node.js loads.
# Only built where somebody says where the headers are, as `npm run build` and `npx secure-web-token build` do:
#
#   SWT_NODE_INCLUDE        the folder with node_api.h
#   SWT_NODE_ADDON_API      the folder with napi.h
#
# node exports nearly all of libcrypto, and the executable's symbols win over a library's. The addon brings its own
# libcrypto and libsodium, hidden, so that what runs is what was built and tested.

if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  message(FATAL_ERROR "The addon is built on Linux; docs/platforms.md says what other systems need")
endif()

foreach(header IN ITEMS "${SWT_NODE_INCLUDE}/node_api.h" "${SWT_NODE_ADDON_API}/napi.h")
  if(NOT EXISTS ${header})
    message(FATAL_ERROR "There is no ${header}: set SWT_NODE_INCLUDE and SWT_NODE_ADDON_API")
  endif()
endforeach()
find_file(SWT_LIBCRYPTO_A libcrypto.a HINTS ${LIBCRYPTO_LIBDIR} PATH_SUFFIXES lib lib64 REQUIRED)
find_file(SWT_LIBSODIUM_A libsodium.a HINTS ${LIBSODIUM_LIBDIR} PATH_SUFFIXES lib lib64 REQUIRED)
find_file(SWT_LIBCJSON_SO libcjson.so.1 HINTS ${LIBCJSON_LIBDIR} PATH_SUFFIXES lib lib64 REQUIRED)

file(GLOB swt_addon_sources CONFIGURE_DEPENDS bindings/node/*.cc)
set(swt_addon_exports ${PROJECT_SOURCE_DIR}/bindings/node/exports.map)

add_library(swt_addon MODULE ${swt_addon_sources})
set_target_properties(swt_addon PROPERTIES PREFIX "" OUTPUT_NAME secure_web_token SUFFIX .node
                                           LINK_DEPENDS "${swt_addon_exports};$<TARGET_FILE:swt_core>")
# The archive by its file: what it needs is named below, as archives, and libssl and hiredis are not needed at all.
add_dependencies(swt_addon swt_core)

target_include_directories(swt_addon PRIVATE include)
target_include_directories(swt_addon SYSTEM PRIVATE ${SWT_NODE_INCLUDE} ${SWT_NODE_ADDON_API})
target_compile_definitions(swt_addon PRIVATE
  NODE_GYP_MODULE_NAME=secure_web_token # the name that the headers expect, whoever builds
  NAPI_VERSION=9
  NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED # some hosts have a memory cage that forbids them
  NAPI_DISABLE_CPP_EXCEPTIONS NODE_ADDON_API_DISABLE_DEPRECATED
  # process.exit and worker.terminate must not abort with work in flight.
  NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
target_compile_options(swt_addon PRIVATE -fno-exceptions -fno-rtti)

target_link_libraries(swt_addon PRIVATE swt_compile_flags $<TARGET_FILE:swt_core> ${SWT_LIBCRYPTO_A} ${SWT_LIBSODIUM_A}
                                        ${SWT_LIBCJSON_SO} Threads::Threads ${CMAKE_DL_LIBS})
target_link_options(swt_addon PRIVATE
  -Wl,--exclude-libs,ALL -Wl,-Bsymbolic -Wl,--version-script=${swt_addon_exports}
  # Node unmaps an addon when the last worker that uses it ends, while threads may still run in it.
  -Wl,-z,nodelete
  -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
  # --gc-sections and no -static-libgcc: each of the two the other way asks for a newer glibc.
  -static-libstdc++ -Wl,--gc-sections -Wl,--as-needed
  -Wl,--disable-new-dtags)
# libcjson.so.1 lies beside the addon. From the build on, so that no path of the machine that builds is ever in it.
set_target_properties(swt_addon PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")
