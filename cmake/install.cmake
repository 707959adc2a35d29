install(FILES include/swt/swt.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/swt)
install(TARGETS swt EXPORT swt_targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
                                       INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# Under the shared library's name, so that `pkg-config --static --libs swt` with -static or -Bstatic finds it.
install(FILES $<TARGET_FILE:swt_core> DESTINATION ${CMAKE_INSTALL_LIBDIR} RENAME libswt.a)

# What the archive needs, and the shared library brings along: for swt.pc and for the CMake package.
set(swt_private_modules "hiredis >= 0.14" "libssl >= 3.0" "libcrypto >= 3.0" "libsodium >= 1.0.18" "libcjson >= 1.7.15")

# swt.pc finds its prefix from where it lies itself, so `cmake --install --prefix` and a moved tree are right. Absolute
# folders, as some distributions set them, are taken as they are.
set(swt_pc_prefix "${CMAKE_INSTALL_PREFIX}")
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  file(RELATIVE_PATH swt_up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  string(REGEX REPLACE "/$" "" swt_up "${swt_up}")
  set(swt_pc_prefix "\${pcfiledir}/${swt_up}")
endif()
foreach(dir IN ITEMS LIBDIR INCLUDEDIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${dir}}")
    set(swt_pc_${dir} "${CMAKE_INSTALL_${dir}}")
  else()
    set(swt_pc_${dir} "\${prefix}/${CMAKE_INSTALL_${dir}}")
  endif()
endforeach()
list(JOIN swt_private_modules ", " swt_pc_requires)
configure_file(cmake/swt.pc.in swt.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/swt.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The CMake package. The names are those that find_package(swt) gives, so that it may also be a subproject.
add_library(swt::swt ALIAS swt)
add_library(swt::swt-static ALIAS swt_core)

include(CMakePackageConfigHelpers)
set(swt_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/swt)
# pkg_check_modules takes "name>=version", without the blanks that swt.pc may have.
list(TRANSFORM swt_private_modules REPLACE " " "" OUTPUT_VARIABLE swt_config_modules)
list(JOIN swt_config_modules " " swt_config_modules)
configure_package_config_file(cmake/swt-config.cmake.in swt-config.cmake INSTALL_DESTINATION ${swt_cmake_dir}
                              PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(swt-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/swt-config.cmake ${PROJECT_BINARY_DIR}/swt-config-version.cmake
        DESTINATION ${swt_cmake_dir})
install(EXPORT swt_targets FILE swt-targets.cmake NAMESPACE swt:: DESTINATION ${swt_cmake_dir})
