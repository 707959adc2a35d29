#!/bin/sh
# consumer.sh <way> <installed tree>, with CC, CXX, CMAKE, READELF, CFLAGS and CXXFLAGS in the environment: builds a program
# against the installed tree, from a copy that has nothing of the repository around it, runs it in an empty environment,
# and looks at where header and library came from.
#
#   pkgconfig-shared, pkgconfig-static, cmake-shared, cmake-static    session.c, as C99
#   cxx                                                              session.cpp, as C++17, by pkg-config
set -eu

way=$1 tree=$(cd "$2" && pwd -P) here=$(cd "$(dirname "$0")" && pwd -P)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$here/session.c" "$here/session.cpp" "$here/CMakeLists.txt" "$scratch"
cd "$scratch"

libdir=$(dirname "$(find "$tree" -name libswt.so)")
unset CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH LIBRARY_PATH LD_LIBRARY_PATH LD_RUN_PATH CMAKE_PREFIX_PATH
export PKG_CONFIG_PATH="$libdir/pkgconfig"

fail() {
  echo "FAILED: $way: $*" >&2
  exit 1
}

# compile <compiler, flags and source> [<options of pkg-config>…]
strict="-Wpedantic -Wall -Wextra -Werror"
compile() {
  command=$1
  shift
  cflags=$(pkg-config --cflags swt)
  libs=$(pkg-config --libs "$@" swt)
  # The archive and the library have one name, and the linker prefers the library: this one is meant.
  [ "$way" != pkgconfig-static ] || libs=$(echo "$libs" | sed 's/-lswt/-l:libswt.a/')
  # Words on purpose.
  # shellcheck disable=SC2086
  $command $strict -MD -MF depends $cflags -o consumer $libs
}
configure() {
  "$CMAKE" -S . -B build -DLINK="$1" -DCMAKE_PREFIX_PATH="$tree" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF \
    -DCMAKE_FIND_USE_SYSTEM_PACKAGE_REGISTRY=OFF -DCMAKE_C_COMPILER="$CC" \
    -DCMAKE_C_FLAGS="${CFLAGS:-} -std=c99 $strict" >log 2>&1 || { cat log; fail "cmake"; }
  "$CMAKE" --build build >log 2>&1 || { cat log; fail "build"; }
  grep -q "^swt_DIR:.*=$libdir/cmake/swt\$" build/CMakeCache.txt || fail "find_package found another one"
  mv build/consumer consumer
  cp "$(find build -name 'session.c*.d')" depends
}

case $way in
  pkgconfig-shared) compile "$CC ${CFLAGS:-} -std=c99 session.c" ;;
  pkgconfig-static) compile "$CC ${CFLAGS:-} -std=c99 session.c" --static ;;
  cxx) compile "$CXX ${CXXFLAGS:-} -std=c++17 session.cpp" ;;
  cmake-shared) configure shared ;;
  cmake-static) configure static ;;
  *) fail "no such way" ;;
esac

header=$(grep -o '[^ ]*swt/swt\.h' depends) || fail "the compiler names no header"
[ "$(realpath "$header")" = "$tree/include/swt/swt.h" ] || fail "the header came from elsewhere: $header"

needs_library() { "$READELF" -d -W consumer | grep -q 'NEEDED.*\[libswt\.so\.0\]'; }
case $way in
  *-static)
    if needs_library; then fail "it was to hold the library, and asks for libswt.so"; fi
    set --
    ;;
  cmake-shared)
    # CMake has put the folder into the program itself.
    needs_library || fail "it does not ask for libswt.so.0"
    set --
    ;;
  *)
    needs_library || fail "it does not ask for libswt.so.0"
    set -- LD_LIBRARY_PATH="$libdir"
    ;;
esac
case $way in
  *-static) ;;
  *)
    loaded=$(env -i "$@" LD_TRACE_LOADED_OBJECTS=1 ./consumer | sed -n 's/.*libswt\.so\.0 => \([^ ]*\).*/\1/p')
    [ "$loaded" = "$libdir/libswt.so.0" ] || fail "the library came from elsewhere: $loaded"
    ;;
esac
env -i "$@" ./consumer
