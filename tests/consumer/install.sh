#!/bin/sh
# install.sh <cmake> <build folder> <source folder> <folder>: installs into <folder>/tree, by way of another place: what is
# installed may be moved. Then it looks at what lies there.
set -eu

cmake=$1 build=$2 source=$3 folder=$4
export LC_ALL=C

rm -rf "$folder"
mkdir -p "$folder"
"$cmake" --install "$build" --prefix "$folder/before" >"$folder/log" || { cat "$folder/log"; exit 1; }
mv "$folder/before" "$folder/tree"

# The folder for libraries is lib, lib64 or lib/<architecture>.
(cd "$folder/tree" && find . ! -type d) | sed -E 's,^\./lib(64)?(/[a-z0-9_]+-[a-z0-9-]+)?/,LIB/,; s,^\./,,' | sort >"$folder/files"
sort >"$folder/expected" <<'LIST'
include/swt/swt.h
LIB/libswt.a
LIB/libswt.so
LIB/libswt.so.0
LIB/pkgconfig/swt.pc
LIB/cmake/swt/swt-config-version.cmake
LIB/cmake/swt/swt-config.cmake
LIB/cmake/swt/swt-targets.cmake
LIST
# CMake names one more after the build type.
grep -v 'swt-targets-[a-z]*\.cmake$' "$folder/files" | diff "$folder/expected" - ||
  { echo "< is expected and not installed, > is installed and not expected" >&2; exit 1; }

if grep -rnF -e "$folder" -e "$build" -e "$source" --include='*.pc' --include='*.cmake' --include='*.h' "$folder/tree"; then
  echo "these lines name a folder of this machine" >&2
  exit 1
fi
rm "$folder/log" "$folder/files" "$folder/expected"
