#!/bin/sh
# exports.sh <nm> <swt.h> <libswt.map> <libswt.so>: the version script names the functions that the header declares, and
# the library exports them, all of them, under the version SWT_0, and nothing else.
set -eu

nm=$1 header=$2 map=$3 library=$4

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

awk '/^SWT_API / {
       if (!match($0, /swt_[a-z0-9_]+\(/)) { print "no function name in: " $0; exit 1 }
       print substr($0, RSTART, RLENGTH - 1)
     }' "$header" | sort >"$scratch/declared"

# nm prints "address type name@@version"; type A is the version itself.
"$nm" -D --defined-only "$library" | awk '$2 != "A" { print $3 }' | sort >"$scratch/symbols"

if [ ! -s "$scratch/declared" ]; then
  echo "no SWT_API declaration found in $header" >&2
  exit 1
fi
# The names between "global:" and "local:". A pattern is no name: it would export whatever is not hidden.
sed -n '/global:/,/local:/p' "$map" | sed -n 's/^ *\([^ ]*\);.*/\1/p' | sort >"$scratch/mapped"
if ! diff "$scratch/declared" "$scratch/mapped" >&2; then
  echo "< declared in the header only, > in $map only" >&2
  exit 1
fi
if grep -v '^swt_[a-z0-9_]*@@SWT_0$' "$scratch/symbols" >&2; then
  echo "these symbols must not be exported" >&2
  exit 1
fi
sed 's/@@SWT_0$//' "$scratch/symbols" >"$scratch/exported"
if ! diff "$scratch/declared" "$scratch/exported" >&2; then
  echo "< declared in the header only, > exported by the library only" >&2
  exit 1
fi
echo "$(wc -l <"$scratch/declared") functions declared, in the map and exported"
