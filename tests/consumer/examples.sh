#!/bin/sh
# examples.sh <example> <program>: runs a program of examples/c, with what it needs, and looks at what it says.
set -eu

example=$1 program=$2

scratch=$(mktemp -d)
server=
# shellcheck disable=SC2317
clean_up() {
  if [ -n "$server" ]; then
    kill "$server"
    wait "$server" || :
  fi
  rm -rf "$scratch"
}
trap clean_up EXIT
skip() {
  echo "skipped: $*"
  exit 77
}
# says <pattern>: one line of the output is that
says() {
  grep -qE "^$1\$" "$scratch/output" && return
  echo "FAILED: no line is \"$1\" in what $example said:" >&2
  cat "$scratch/output" >&2
  exit 1
}
run() { "$program" "$@" >"$scratch/output" 2>&1 || { cat "$scratch/output" >&2; exit 1; }; }

case $example in
  quickstart)
    run
    says 'claims: \{"userId":"alice","role":"admin"\}'
    says 'request: 200'
    says 'request after the logout: 401'
    ;;
  audit_log)
    run
    says '\{"timestamp":[0-9]+,"event":"sign","code":"ok","userId":"alice","sessionId":"[0-9a-f-]{36}"\}'
    says '\{.*"event":"verify_success".*\}'
    says '\{.*"event":"revoke".*\}'
    says '\{.*"event":"verify_failure","code":"session_revoked".*\}'
    says '\{.*"event":"verify_failure","code":"token_malformed".*\}'
    ;;
  own_store)
    run
    says 'refreshed'
    says 'the same refresh token again: refresh_superseded'
    says 'logged out'
    ;;
  two_steps)
    run
    says '  EVALSHA <sha1 of script [0-9]+> 2 swt:session:[0-9a-f-]{36} .* arguments'
    says 'login: store_connection'
    says 'visit: token_malformed'
    ;;
  key_rotation)
    command -v openssl >/dev/null || skip "openssl, which makes the keys, is not installed"
    for name in old new; do
      openssl ecparam -name prime256v1 -genkey -noout -out "$scratch/$name.pem"
    done
    run "$scratch/old.pem" "$scratch/new.pem"
    says "the old key's token after the change: good, signed by 2026-a"
    says "the new key's token: good, signed by 2026-b"
    says "the old key's token after the kill: token_key"
    says "the new key's token then: good, signed by 2026-b"
    ;;
  redis_sessions)
    # Nobody there: a sentence, and an exit code. A socket has no port that somebody else could take.
    if "$program" "unix://$scratch/redis.sock" >"$scratch/output" 2>&1; then exit 1; fi
    says 'Redis cannot answer now \(store_connection\): .+'

    command -v redis-server >/dev/null || skip "redis-server is not installed"
    redis-server --port 0 --unixsocket "$scratch/redis.sock" --save '' --appendonly no --dir "$scratch" \
      >"$scratch/redis.log" 2>&1 &
    server=$!
    tries=0
    until [ -S "$scratch/redis.sock" ]; do
      tries=$((tries + 1))
      [ "$tries" -lt 100 ] || { cat "$scratch/redis.log" >&2; exit 1; }
      sleep 0.1
    done
    run "unix://$scratch/redis.sock"
    says 'logged in, refreshed and let in'
    says 'after the logout: session_revoked'
    ;;
  *)
    echo "FAILED: nothing is known of the example $example" >&2
    exit 1
    ;;
esac
echo "ok      $example"
