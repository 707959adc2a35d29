# frozen_string_literal: true

# Tests of swt.rb. Run them with
#
#     SWT_LIBRARY=/path/to/libswt.so.0 ruby bindings/ruby/test_swt.rb
#
# They need the openssl command, and redis-server for one of them, which is skipped without it.

ARGV << "--verbose" # which says why a test was skipped

require "base64"
require "minitest/autorun"
require "open3"
require "openssl"
require "securerandom"
require "socket"
require "tmpdir"
require_relative "swt"

SECRET = "d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55"
SEALING_SECRET = "7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e"

def openssl(*arguments, stdin: "")
  output, status = Open3.capture2("openssl", *arguments, stdin_data: stdin, binmode: true, err: File::NULL)
  raise "openssl #{arguments.first} failed" unless status.success?

  output
end

def encode(bytes)
  Base64.urlsafe_encode64(bytes, padding: false)
end

# What a browser does: it holds a P-256 key and makes a proof for each request.
class Client
  attr_reader :jwk

  def initialize
    @key = OpenSSL::PKey::EC.generate("prime256v1")
    point = @key.public_key.to_octet_string(:uncompressed)
    @jwk = { kty: "EC", crv: "P-256", x: encode(point[1, 32]), y: encode(point[33, 32]) }
  end

  def proof(url: "/profile", method: "GET", legacy: false)
    jti = legacy ? {} : { jti: SecureRandom.uuid }
    payload = JSON.generate(url: url, method: method, timestamp: Time.now.to_i, **jti)
    signature = encode(@key.sign("SHA256", payload))
    encode(JSON.generate(jwk: @jwk, payload: payload, signature: signature))
  end
end

class SwtTest < Minitest::Test
  def setup
    @events = []
    @key = Swt::Key.secret(SECRET, SEALING_SECRET)
    @engine = Swt::Engine.new(@key, Swt::MemoryStore.new, audit: @events.method(:push))
  end

  def assert_refused(error_class, code, &block)
    error = assert_raises(Swt::Error, &block)
    assert_instance_of error_class, error
    assert_equal code, error.code
    refute_empty error.message
    assert_equal [Encoding::UTF_8], [error.code, error.challenge, error.message].map(&:encoding).uniq
    error
  end

  def assert_usage(code, &block)
    assert_refused(Swt::UsageError, code, &block)
  end

  def assert_token_refused(code, &block)
    assert_refused(Swt::TokenRejected, code, &block)
  end

  def assert_request_refused(code, &block)
    assert_refused(Swt::ProofOrSessionRejected, code, &block)
  end
end

class SessionsTest < SwtTest
  def test_claims_come_back_as_they_were_signed
    data = { "userId" => "jürgen ☃ 🔑", "roles" => %w[admin 日本], "n" => 2**53 - 1, "f" => 1.5, "o" => {}, "no" => nil }
    grant = @engine.sign(data, lifetime: 60, issuer: "issuer", subject: "s", audiences: %w[api web])
    claims = @engine.verify(grant.token, grant.session_id, method: "GET", url: "/profile", audiences: "api",
                                                           issuers: %w[other issuer], subject: "s", max_age: 60)
    assert_equal data, claims.data
    assert_equal %w[api web], claims.payload["aud"]
    assert_equal data["userId"], claims.user_id
    assert_equal grant.session_id, claims.session_id
    assert_equal grant.expires_at, claims.expires_at
    assert_equal 60, claims.expires_at - claims.issued_at
    assert_nil claims.thumbprint
    assert_nil claims.key_id
    assert_nil grant.refresh_token
  end

  def test_a_numeric_user_id_stays_a_number
    grant = @engine.sign('{"userId":7}')
    assert_equal 7, @engine.verify(grant.token, grant.session_id).user_id
  end

  def test_expectations_that_do_not_hold_are_refused
    grant = @engine.sign({ userId: 1 }, issuer: "i", subject: "s", audiences: "api")
    verify = ->(**options) { @engine.verify(grant.token, grant.session_id, **options) }
    assert_token_refused("token_audience") { verify.call }
    assert_token_refused("token_audience") { verify.call(audiences: ["web"]) }
    assert_token_refused("token_issuer") { verify.call(audiences: "api", issuers: "other") }
    assert_token_refused("token_subject") { verify.call(audiences: "api", subject: "other") }
    assert_token_refused("token_age") { verify.call(audiences: "api", max_age: 5, now: Time.now + 60) }
  end

  def test_a_revoked_session_is_refused
    grant = @engine.sign({ userId: "alice" })
    @engine.verify(grant.token, grant.session_id)
    @engine.revoke(grant.session_id)
    @engine.revoke("no session id")
    error = assert_request_refused("session_revoked") { @engine.verify(grant.token, grant.session_id) }
    assert_equal [352, "invalid_token"], [error.status, error.challenge]
    assert_kind_of Swt::Rejected, error
    assert_equal "alice", @engine.open_unchecked_session(grant.token).user_id
  end

  def test_a_tampered_token_is_refused
    grant = @engine.sign({ userId: "alice" })
    body, _, signature = grant.token.rpartition(".")
    forged = "#{body}.#{signature[0] == 'A' ? 'B' : 'A'}#{signature[1..]}"
    assert_token_refused("token_authentication") { @engine.verify(forged, grant.session_id) }
  end

  def test_an_expired_token_is_refused
    grant = @engine.sign({ userId: "alice" }, lifetime: 1)
    assert_token_refused("token_expired") { @engine.verify(grant.token, grant.session_id, now: grant.expires_at + 1) }
    @engine.verify(grant.token, grant.session_id, now: grant.expires_at.to_i + 1, leeway: 30)
    sleep [0, grant.expires_at - Time.now].max + 0.1
    assert_token_refused("token_expired") { @engine.verify(grant.token, grant.session_id) }
  end

  def test_what_no_token_can_be_is_refused_as_a_token
    grant = @engine.sign({ userId: "alice" })
    [nil, "", "\xff\xfe", "☃", "token".encode("UTF-16"), "#{grant.token}\0", "\0#{grant.token}"].each do |token|
      assert_token_refused("token_malformed") { @engine.verify(token, grant.session_id) }
    end
    other = @engine.sign({ userId: "alice" })
    assert_request_refused("session_missing") { @engine.verify(grant.token) }
    assert_request_refused("session_revoked") { @engine.verify(grant.token, "#{grant.session_id}\0") }
    assert_request_refused("session_mismatch") { @engine.verify(grant.token, other.session_id) }
  end

  def test_without_a_store_there_is_no_session
    engine = Swt::Engine.new(@key)
    grant = engine.sign({ userId: "alice" })
    assert_nil grant.session_id
    assert_equal "alice", engine.verify(grant.token).user_id
    assert_usage("store_required") { engine.revoke("x") }
  end

  def test_a_grant_does_not_show_its_tokens
    grant = @engine.sign({ userId: "alice" }, refresh_token: true)
    refute_includes "#{grant} #{grant.inspect}", grant.token
  end
end

class ProofsTest < SwtTest
  def test_a_proof_is_good_once_and_for_its_request
    client = Client.new
    grant = @engine.sign({ userId: "alice" }, client_key: client.jwk)
    verify = lambda do |proof, url: "/profile", **options|
      @engine.verify(grant.token, grant.session_id, proof: proof, method: "GET", url: url, **options)
    end
    proof = client.proof

    assert_equal Swt.thumbprint(client.jwk), verify.call(proof).thumbprint
    assert_request_refused("proof_replayed") { verify.call(proof) }
    error = assert_request_refused("proof_url") { verify.call(client.proof, url: "/admin") }
    assert_equal "invalid_dpop_proof", error.challenge
    assert_request_refused("proof_missing") { verify.call(nil) }
    assert_request_refused("proof_method") { verify.call(client.proof(method: "POST")) }
    assert_request_refused("proof_binding") { verify.call(Client.new.proof) }

    shared = client.proof
    attempt = Swt.attempt
    2.times { verify.call(shared, attempt: attempt) }
    assert_request_refused("proof_replayed") { verify.call(shared, attempt: Swt.attempt) }
  end

  def test_the_host_of_an_absolute_proof_is_compared
    client = Client.new
    grant = @engine.sign({ userId: 1 }, client_key: JSON.generate(client.jwk))
    given = { proof: client.proof(url: "https://a.example/profile"), method: "GET", url: "/profile" }
    assert_request_refused("proof_url") { @engine.verify(grant.token, grant.session_id, host: "b.example", **given) }
    assert_equal 1, @engine.verify(grant.token, grant.session_id, host: "a.example", **given).user_id
  end

  def test_what_3_0_1_wrote_is_accepted_on_demand_only
    client = Client.new
    request = { proof: client.proof(legacy: true), method: "GET", url: "/profile" }
    grant = @engine.sign({ userId: "alice" }, client_key: client.jwk)
    assert_request_refused("proof_legacy") { @engine.verify(grant.token, grant.session_id, **request) }
    [Swt::FOREVER, Time.now + 60].each do |moment|
      engine = Swt::Engine.new(@key, Swt::MemoryStore.new, accept_legacy_until: moment)
      grant = engine.sign({ userId: "alice" }, client_key: client.jwk)
      assert_equal 2, engine.verify(grant.token, grant.session_id, **request).legacy_uses
    end
  end

  def test_a_login_can_be_bound_by_its_own_proof
    client = Client.new
    proof = client.proof(url: "/login", method: "POST")
    grant = @engine.sign({ userId: "alice" }, proof: proof, method: "POST", url: "/login")
    assert_equal Swt.thumbprint(client.jwk), @engine.open_unchecked_session(grant.token).thumbprint
    assert_request_refused("proof_url") { @engine.sign({ userId: 1 }, proof: proof, method: "POST", url: "/other") }
  end
end

class RefreshTest < SwtTest
  def test_a_refresh_token_is_good_once
    first = @engine.sign({ userId: "alice", role: "user" }, refresh_token: true)
    second = @engine.refresh(first.refresh_token, claims: { userId: "alice", role: "admin" })
    assert_equal first.session_id, second.session_id
    refute_includes [nil, first.refresh_token], second.refresh_token
    assert_equal "admin", @engine.verify(second.token, second.session_id).data["role"]
    assert_token_refused("token_type") { @engine.verify(second.refresh_token, second.session_id) }
    assert_request_refused("refresh_superseded") { @engine.refresh(first.refresh_token, first.session_id) }
    @engine.verify(second.token, second.session_id)
  end

  def test_a_bound_refresh_token_needs_a_proof
    client = Client.new
    grant = @engine.sign({ userId: 1 }, client_key: client.jwk, refresh_token: true, refresh_lifetime: 3600)
    request = { method: "POST", url: "/refresh" }
    assert_request_refused("proof_missing") { @engine.refresh(grant.refresh_token, **request) }
    @engine.refresh(grant.refresh_token, grant.session_id, proof: client.proof(**request), **request)
  end
end

class KeysTest < SwtTest
  def check_pem(*genpkey)
    pem = openssl("genpkey", *genpkey)
    public_pem = openssl("pkey", "-pubout", stdin: pem)
    private_key = Swt::Key.private_pem(pem, SEALING_SECRET)
    grant = Swt::Engine.new(private_key).sign({ userId: "alice" })
    [private_key.public_half, Swt::Key.public_pem(public_pem, SEALING_SECRET)].each do |public_key|
      Swt::Engine.open(public_key) do |engine|
        assert_equal "alice", engine.verify(grant.token).user_id
        assert_usage("key") { engine.sign({ userId: "alice" }) }
      end
    end
    assert_token_refused("token_algorithm") { @engine.verify(grant.token) }
    assert_usage("key") { Swt::Key.public_pem(pem, SEALING_SECRET) }
  end

  def test_an_rsa_key_signs_and_its_public_half_checks
    check_pem("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
  end

  def test_an_ec_key_signs_and_its_public_half_checks
    check_pem("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
  end

  def test_a_secret_is_bytes_of_any_kind
    first = SecureRandom.bytes(16) + "\0\xff".b + SecureRandom.bytes(16)
    second = first[0..-2] + (first[-1].ord ^ 1).chr.b # the same up to the NUL
    token = Swt::Engine.new(Swt::Key.secret(first)).sign({ userId: 1 }).token
    assert_equal 1, Swt::Engine.new(Swt::Key.secret(first)).verify(token).user_id
    assert_token_refused("token_authentication") { Swt::Engine.new(Swt::Key.secret(second)).verify(token) }
  end

  def test_a_key_is_changed_without_logging_anybody_out
    old = Swt::Key.secret(SECRET)
    new = Swt::Key.secret(SEALING_SECRET)
    engine = Swt::Engine.new(Swt::KeyRing.new(old, "2024"))
    before = engine.sign({ userId: 1 })
    assert_equal "2024", engine.verify(before.token).key_id

    engine.keyring = Swt::KeyRing.new(new, "2025").accept(old, "2024", until_time: Time.now + 600)
    assert_equal "2024", engine.verify(before.token).key_id
    assert_equal "2025", engine.verify(engine.sign({ userId: 1 }).token).key_id
    assert_token_refused("token_key") { engine.verify(before.token, now: Time.now + 700) }
    engine.kill_key("2024")
    assert_token_refused("token_key") { engine.verify(before.token) }

    forever = Swt::Engine.new(Swt::KeyRing.new(new, "2025").accept(old, "2024"))
    assert_equal "2024", forever.verify(before.token).key_id
    assert_usage("key_id") { Swt::KeyRing.new(new, "a").accept(old, "a") }
  end
end

class MisuseTest < SwtTest
  def test_mistakes_of_the_program_are_usage_errors
    assert_usage("secret_too_short") { Swt::Key.secret("hunter2") }
    assert_usage("key") { Swt::Key.secret(openssl("genpkey", "-algorithm", "ED25519")) }
    assert_usage("key") { Swt::Key.secret(SECRET, "") }
    assert_usage("user_id") { @engine.sign({ role: "admin" }) }
    assert_usage("data") { @engine.sign({ userId: "a\0b" }) }
    assert_usage("data") { @engine.sign("{\"userId\":\"\xff\"}") }
    assert_usage("data_too_large") { @engine.sign({ userId: 1, text: "x" * 9000 }) }
    assert_usage("client_key") { @engine.sign({ userId: 1 }, client_key: { kty: "oct" }) }
    assert_usage("lifetime") { @engine.sign({ userId: 1 }, lifetime: -1) }
    assert_usage("argument") { Swt::RedisStore.new("http://127.0.0.1") }
    assert_usage("argument") { Swt::RedisStore.new("rediss://127.0.0.1") }
    assert_raises(Swt::UsageError) { Swt::RedisStore.new("rediss://127.0.0.1", ca_file: "/no/such/file") }
    assert_usage("argument") { Swt::RedisStore.new("redis://127.0.0.1", prefix: "{") }
    assert_usage("argument") { @engine.verify("x", method: "GET") }
    assert_usage("client_key") { Swt.thumbprint("{}") }
  end

  def test_a_number_is_neither_cut_off_nor_taken_for_the_default
    grant = @engine.sign({ userId: 1 })
    assert_usage("argument") { @engine.sign({ userId: 1 }, lifetime: 0) }
    assert_usage("argument") { @engine.sign({ userId: 1 }, lifetime: 2**64 + 60) }
    assert_usage("argument") { @engine.verify(grant.token, grant.session_id, max_age: 0) }
    assert_usage("argument") { @engine.verify(grant.token, grant.session_id, leeway: 2**64) }
    assert_usage("argument") { @engine.verify(grant.token, grant.session_id, issuers: []) }
    assert_usage("argument") { Swt::MemoryStore.new(max_sessions: 2**32 + 1) }
  end

  def test_what_is_closed_is_not_used_and_may_be_closed_again
    store = Swt::MemoryStore.new
    [@engine, store, @key].each { |handle| 2.times { handle.close } }
    assert_usage("argument") { @engine.sign({ userId: 1 }) }
    assert_usage("argument") { Swt::Engine.new(@key) }
    assert_usage("argument") { Swt::Engine.new(Swt::Key.secret(SECRET), store) }
    assert_usage("argument") { store.ping }
  end

  def test_an_engine_outlives_what_it_was_made_from
    engine = Swt::Key.secret(SECRET) { |key| Swt::MemoryStore.open { |store| Swt::Engine.new(key, store) } }
    GC.start
    grant = engine.sign({ userId: 1 })
    assert_equal 1, engine.verify(grant.token, grant.session_id).user_id
  end

  def test_many_objects_are_made_and_freed
    1.upto(2000) do |number|
      engine = Swt::Engine.new(Swt::Key.secret(SECRET), Swt::MemoryStore.new, audit: ->(line) {})
      grant = engine.sign({ userId: number })
      assert_equal number, engine.verify(grant.token, grant.session_id).user_id
      engine.close if number.odd?
    end
    GC.start
  end

  def test_a_close_waits_for_the_calls_of_other_threads
    20.times do
      engine = Swt::Engine.new(@key, Swt::MemoryStore.new)
      threads = Array.new(3) do
        Thread.new { assert_usage("argument") { loop { engine.sign({ userId: 1 }) } } }
      end
      engine.close
      threads.each(&:join)
    end
  end
end

class AuditTest < SwtTest
  def test_events_arrive_as_lines_of_json
    grant = @engine.sign({ userId: "jürgen" })
    @engine.verify(grant.token, grant.session_id)
    assert_token_refused("token_malformed") { @engine.verify("no token", grant.session_id) }
    @engine.revoke(grant.session_id)
    events = @events.map { |line| JSON.parse(line) }
    assert_equal(%w[sign verify_success verify_failure revoke], events.map { |event| event["event"] })
    assert_equal(%w[ok ok token_malformed ok], events.map { |event| event["code"] })
    assert_equal ["jürgen", grant.session_id], events.first.values_at("userId", "sessionId")
  end

  def test_a_callback_that_throws_changes_nothing
    engine = nil
    closing = lambda do |_|
      engine.close
      raise "the log is closed"
    end
    failing = [->(_) { raise "the log is full" }, ->(_) { throw :out }, ->(_) { exit }, closing]
    failing.each do |audit|
      engine = Swt::Engine.new(@key, audit: audit)
      grant = nil
      _, warning = capture_io { catch(:out) { grant = engine.sign({ userId: "alice" }) } }
      assert_equal "alice", Swt::Engine.new(@key).verify(grant.token).user_id
      assert_match(/the audit callback failed/, warning) unless warning.empty? # a throw leaves no trace
    end
    engine = Swt::Engine.new(@key, audit: failing.first)
    capture_io { assert_token_refused("token_malformed") { engine.verify("no token") } }
  end

  def test_a_callback_is_kept_as_long_as_its_engine
    lines = []
    engine = Swt::Engine.new(@key, audit: ->(line) { lines << line })
    3.times { GC.start }
    engine.sign({ userId: 1 })
    assert_equal 1, lines.size
  end
end

class StoresTest < SwtTest
  def check_session(store)
    Swt::Engine.open(@key, store) do |engine|
      other = Swt::Engine.new(@key, store)
      grant = engine.sign({ userId: "alice" }, refresh_token: true)
      assert_equal "alice", other.verify(grant.token, grant.session_id).user_id
      other.refresh(grant.refresh_token)
      other.revoke(grant.session_id)
      assert_request_refused("session_revoked") { engine.verify(grant.token, grant.session_id) }
    end
  end

  def test_a_redis_that_is_not_there_is_unavailable
    store = Swt::RedisStore.new("redis://127.0.0.1:1", connect_timeout_ms: 500)
    engine = Swt::Engine.new(@key, store)
    error = assert_refused(Swt::Unavailable, "store_connection") { engine.sign({ userId: 1 }) }
    assert_equal "", error.challenge
    assert_refused(Swt::Unavailable, "store_connection") { store.ping }
    grant = @engine.sign({ userId: 1 })
    assert_refused(Swt::Unavailable, "store_connection") { engine.verify(grant.token, grant.session_id) }
  end

  def test_a_full_memory_store_is_unavailable
    engine = Swt::Engine.new(@key, Swt::MemoryStore.new(max_sessions: 2))
    kept = engine.sign({ userId: 1 })
    engine.sign({ userId: 2 })
    assert_refused(Swt::Unavailable, "store_full") { engine.sign({ userId: 3 }) }
    engine.verify(kept.token, kept.session_id)
  end

  def test_a_session_of_a_memory_store
    check_session(Swt::MemoryStore.new(session_ttl: 3600))
  end

  def test_a_session_in_redis
    skip "redis-server is not installed" unless system("redis-server", "--version", out: File::NULL, err: File::NULL)

    port = TCPServer.open("127.0.0.1", 0) { |server| server.addr[1] }
    Dir.mktmpdir do |directory|
      server = spawn("redis-server", "--port", port.to_s, "--bind", "127.0.0.1", "--save", "", "--dir", directory,
                     out: File::NULL)
      begin
        store = Swt::RedisStore.new("redis://127.0.0.1:#{port}/0", prefix: "test:", session_ttl: 3600,
                                                                   command_timeout_ms: 5000)
        wait_for(store)
        check_session(store)
      ensure
        Process.kill("TERM", server)
        Process.wait(server)
      end
    end
  end

  def wait_for(store)
    tries ||= 400
    store.ping
  rescue Swt::Unavailable
    raise if (tries -= 1).zero?

    sleep 0.05
    retry
  end
end

class ModuleTest < Minitest::Test
  def test_the_version_names_the_library
    assert_includes Swt.version, "secure-web-token"
  end

  def test_a_thumbprint_is_that_of_rfc_7638
    jwk = Client.new.jwk
    members = JSON.generate(jwk.slice(:crv, :kty, :x, :y).sort.to_h)
    assert_equal encode(OpenSSL::Digest.digest("SHA256", members)), Swt.thumbprint(jwk)
  end
end
