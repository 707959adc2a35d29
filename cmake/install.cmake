install(FILES include/swt/swt.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/swt)
install(TARGETS swt LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})

# Under the shared library's name, so that `pkg-config --static --libs swt` with -static or -Bstatic finds it.
install(FILES $<TARGET_FILE:swt_core> DESTINATION ${CMAKE_INSTALL_LIBDIR} RENAME libswt.a)

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
configure_file(cmake/swt.pc.in swt.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/swt.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
