#!/bin/sh
# shared_library.sh <readelf> <nm> <libswt.so>: what the delivered library asks of a process that loads it, and what it
# cannot do to one, as its dynamic section and its undefined symbols show.
set -eu

readelf=$1 nm=$2 library=$3

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C
failed=0
fail() {
  echo "FAILED: $*" >&2
  failed=1
}

"$readelf" -d -W "$library" >"$scratch/dynamic"
"$readelf" -l -W "$library" >"$scratch/segments"
"$nm" -D --undefined-only "$library" | sed 's/.* //; s/@.*//' | sort -u >"$scratch/imports"
[ -s "$scratch/imports" ] || fail "no undefined symbols were read"

# What it needs. The dynamic linker is named only where thread-local storage asks for it, and libm by some compilers.
sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*\]/\1/p' "$scratch/dynamic" | grep -vE '^(ld-linux.*|libm)$' | sort >"$scratch/needed"
printf '%s\n' libc libcjson libcrypto libgcc_s libhiredis libsodium libssl 'libstdc++' | sort >"$scratch/expected"
diff "$scratch/expected" "$scratch/needed" >&2 || fail "< is expected and not needed, > is needed and not expected"

grep -q '(SONAME).*\[libswt\.so\.0\]' "$scratch/dynamic" || fail "its SONAME is not libswt.so.0"
if grep -E '\((RPATH|RUNPATH)\)' "$scratch/dynamic" >&2; then fail "it brings a search path along"; fi

# Hardening, and nodelete: the thread that looks up a Redis server's name may outlive its store, and dlclose.
grep -q '(FLAGS_1).*NOW' "$scratch/dynamic" || fail "it is not bound at load (-z now)"
grep -q '(FLAGS_1).*NODELETE' "$scratch/dynamic" || fail "dlclose may unmap it (-z nodelete)"
grep -q 'GNU_RELRO' "$scratch/segments" || fail "no RELRO segment"
grep -q 'GNU_STACK .* RW ' "$scratch/segments" || fail "its stack is executable, or it does not say so"
if grep -q '(TEXTREL)' "$scratch/dynamic"; then fail "it writes to its code at load"; fi

# Rule 8 of the header: "No function aborts, exits, prints, raises a signal, installs a signal handler or reads the
# environment." What is not imported cannot be called. These are not listed, and why:
#   __stack_chk_fail    ends the process when the stack was overwritten: that is what it is for
#   __cxa_pure_virtual  stands in the tables of abstract classes; nothing calls it
#   std::terminate      what a compiler puts into noexcept functions, mostly without optimisation; ours do not throw
#   pthread_sigmask     blocks signals in the library's own thread, so that the host's handlers run in the host's threads
cat >"$scratch/forbidden" <<'LIST'
abort
exit
_exit
_Exit
quick_exit
atexit
__assert_fail
raise
kill
pthread_kill
signal
bsd_signal
sigaction
sigprocmask
alarm
setitimer
longjmp
__longjmp_chk
printf
fprintf
vprintf
vfprintf
dprintf
__printf_chk
__fprintf_chk
__vprintf_chk
__vfprintf_chk
__dprintf_chk
puts
putchar
putc
fputs
fputc
fwrite
write
writev
perror
syslog
__syslog_chk
stdout
stderr
_ZSt4cout
_ZSt4cerr
_ZSt4clog
_ZNSt8ios_base4InitC1Ev
getenv
secure_getenv
__secure_getenv
setenv
putenv
unsetenv
environ
__environ
setlocale
uselocale
umask
chdir
system
popen
fork
vfork
execve
execvp
posix_spawn
posix_spawnp
LIST
sort "$scratch/forbidden" | comm -12 - "$scratch/imports" >"$scratch/found"
while read -r name; do fail "it calls $name"; done <"$scratch/found"

[ "$failed" = 0 ] || exit 1
echo "$(wc -l <"$scratch/imports") imported symbols, none of $(wc -l <"$scratch/forbidden") that must not be"
