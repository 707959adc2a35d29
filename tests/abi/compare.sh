#!/bin/sh
# compare.sh <abidw> <abidiff> <readelf> <cc> <swt.h> <libswt.so>: what a program relies on that was compiled against the
# baseline must still be there, unchanged. What is new is listed, and is no failure.
set -eu

abidw=$1 abidiff=$2 readelf=$3 cc=$4 header=$5 library=$6
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C

skip() {
  echo "skipped: $*"
  exit 77
}
for tool in "$abidw" "$abidiff"; do
  command -v "$tool" >/dev/null || skip "abidw and abidiff are not installed (Debian: abigail-tools)"
done
"$readelf" -S -W "$library" | grep -q '\.debug_info' || skip "the library was built without -g: nothing tells its types"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
sh "$here/describe.sh" "$abidw" "$cc" "$header" "$library" "$scratch"

architecture() { sed -n "s/.*<abi-corpus .*architecture='\([^']*\)'.*/\1/p" "$1"; }
if [ "$(architecture "$here/libswt.abi.xml")" != "$(architecture "$scratch/libswt.abi.xml")" ]; then
  skip "the baseline is for $(architecture "$here/libswt.abi.xml"), the library for $(architecture "$scratch/libswt.abi.xml")"
fi

failed=0
"$abidiff" --harmless --no-added-syms "$here/libswt.abi.xml" "$scratch/libswt.abi.xml" >"$scratch/changes" 2>&1 || failed=1
if [ "$failed" = 1 ]; then cat "$scratch/changes" >&2; fi

if comm -23 "$here/constants.txt" "$scratch/constants.txt" | grep . >&2; then
  echo "these constants are gone or have another value" >&2
  failed=1
fi
if [ "$failed" = 1 ]; then
  echo "FAILED: the interface of libswt.so has changed. If it is meant: cmake --build <build folder> --target abi-baseline" >&2
  exit 1
fi

functions() { sed -n "s/.*<elf-symbol name='\([^']*\)'.*/\1/p" "$1" | sort; }
functions "$here/libswt.abi.xml" >"$scratch/functions"
functions "$scratch/libswt.abi.xml" | comm -13 "$scratch/functions" - | sed 's/^/new function: /'
comm -13 "$here/constants.txt" "$scratch/constants.txt" | sed 's/^/new constant: /'
echo "$(wc -l <"$scratch/functions") functions and $(wc -l <"$here/constants.txt") constants are as they were"
