#!/bin/sh
# describe.sh <abidw> <cc> <swt.h> <libswt.so> <folder>: writes what a program compiled against the library relies on.
#
#   libswt.abi.xml    functions, their parameters, the layout of the structs: as the debug information has them
#   constants.txt     numbers of the header: they are in no debug information
#
# Types come from the header alone, and handles are names without insides, so a change behind the interface is no change
# here. No path and no line of a source is written down.
set -eu

abidw=$1 cc=$2 header=$3 library=$4 folder=$5
here=$(cd "$(dirname "$0")" && pwd)

"$abidw" --header-file "$header" --drop-private-types --suppressions "$here/public.abignore" \
  --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed --no-parameter-names \
  --drop-undefined-syms --exported-interfaces-only --type-id-style hash \
  --out-file "$folder/with-paths.xml" "$library"
sed "s,path='[^']*/src/,path='src/," "$folder/with-paths.xml" >"$folder/libswt.abi.xml"
rm "$folder/with-paths.xml"

# Left out are macros that are no numbers (initialisers grow with their structs) and SWT_ABI_VERSION, which counts what
# was added.
"$cc" -dM -E -x c "$header" | sed -nE 's/^#define (SWT_[A-Z0-9_]+) (.+)$/\1 \2/p' |
  grep -vE '^SWT_(API|ABI_VERSION|MUST_USE|SWT_H|[A-Z_]+_INIT) ' | LC_ALL=C sort >"$folder/constants.txt"
