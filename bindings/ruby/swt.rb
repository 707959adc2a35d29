# frozen_string_literal: true

# secure-web-token for Ruby: encrypted, device-bound session tokens, by ffi over libswt (include/swt/swt.h).
#
#     require "swt"
#
#     store = Swt::RedisStore.new("redis://127.0.0.1")
#     engine = Swt::Engine.new(Swt::Key.secret(ENV.fetch("SWT_SECRET")), store, audit: ->(line) { logger.info(line) })
#
#     grant = engine.sign({ userId: "alice", role: "admin" }, client_key: params["publicKeyJwk"])
#     begin
#       claims = engine.verify(grant.token, cookie, proof: env["HTTP_X_DPOP_PROOF"], method: "GET", url: "/profile")
#       claims.user_id + claims.data["role"]
#     rescue Swt::Rejected => rejected # 401, WWW-Authenticate: DPoP error="<rejected.challenge>"
#     rescue Swt::Unavailable          # 503: neither "come in" nor "you are logged out"
#     end
#     engine.revoke(grant.session_id)
#
# Text is a String, taken byte by byte; nil is "not given" and "" is given and empty. Moments are a Time or seconds
# since 1970, durations are seconds. An Engine, a Key and a store may be used by many threads, a KeyRing by one at a
# time. close is optional, may be called twice, and waits for nobody: what is in use is freed when its last call is done.
# Key.secret and its like, and open of the others, take a block too: they hand it what they made and close it after.

require "json"
require_relative "libswt"

module Swt
  FOREVER = Float::INFINITY

  # Anything but success. The message is for logs, never for a client; challenge is what a 401 may say.
  class Error < StandardError
    attr_reader :status, :code, :challenge

    def initialize(status, message)
      super(message)
      @status = status
      @code = C.utf8(C.swt_status_name(status))
      @challenge = C.utf8(C.swt_status_challenge(status))
    end
  end

  class UsageError < Error; end                # the program is wrong: an argument, a setting, a key. HTTP 500
  class Rejected < Error; end                  # not let in. HTTP 401
  class TokenRejected < Rejected; end          # the token is not good
  class ProofOrSessionRejected < Rejected; end # the proof or the session is not good
  class Unavailable < Error; end               # the store could not answer for certain. HTTP 503
  class InternalError < Error; end             # memory, cryptography, a bug. HTTP 500

  ERRORS = { 1 => UsageError, 2 => TokenRejected, 3 => ProofOrSessionRejected, 4 => Unavailable }.freeze

  # Grant is what sign and refresh give: the token for the client, the session id for an HttpOnly cookie.
  Grant = Struct.new(:token, :session_id, :refresh_token, :user_id, :expires_at, :legacy_uses, keyword_init: true) do
    def inspect
      "#<Swt::Grant user_id=#{user_id.inspect} expires_at=#{expires_at}>" # without what opens a door
    end
    alias_method :to_s, :inspect
  end

  # Claims are what verify gives. payload is all that the token says, data the caller's part of it.
  Claims = Struct.new(:payload, :data, :user_id, :session_id, :thumbprint, :token_id, :key_id, :issued_at, :expires_at,
                      :legacy_uses, keyword_init: true)

  # From Ruby's values to those of C and back.
  module Values
    module_function

    def check(status)
      return if status.zero?

      raise ERRORS.fetch(C.swt_status_class(status), InternalError).new(status, C.utf8(C.swt_last_error_message))
    end

    def text(value)
      C::Bytes.of(value)
    end

    def json(value)
      text(value.is_a?(Hash) ? JSON.generate(value) : value)
    end

    # nil is the default, which is 0 in C: a lifetime that was computed as 0 must not become one of 15 minutes. A
    # negative number is for C to refuse.
    def number(name, value, maximum = C::NO_END)
      return 0 if value.nil?

      minimum = maximum == C::NO_END ? -maximum : 1
      return value if value.is_a?(Integer) && value.between?(minimum, maximum) && !value.zero?

      raise UsageError.new(C::ERR_ARGUMENT, "#{name} is out of its range; leave it out for the default")
    end

    def millis(name, moment)
      return C::NO_END if moment == FOREVER

      number(name, moment && (moment.to_r * 1000).floor)
    end

    def present(view)
      view.text unless view[:len].zero?
    end

    def grant(native)
      native.use do |handle|
        Grant.new(token: C.swt_grant_token(handle).text, session_id: present(C.swt_grant_session_id(handle)),
                  refresh_token: present(C.swt_grant_refresh_token(handle)),
                  user_id: JSON.parse(C.swt_grant_user_id(handle).text),
                  expires_at: Time.at(C.swt_grant_expires_at(handle)),
                  legacy_uses: C.swt_grant_legacy_uses(handle)).freeze
      end
    ensure
      native.close
    end

    def claims(native)
      native.use do |handle|
        payload = JSON.parse(C.swt_claims_payload(handle).text)
        Claims.new(payload: payload, data: payload["data"], user_id: JSON.parse(C.swt_claims_user_id(handle).text),
                   session_id: present(C.swt_claims_session_id(handle)),
                   thumbprint: present(C.swt_claims_thumbprint(handle)),
                   token_id: present(C.swt_claims_token_id(handle)), key_id: present(C.swt_claims_key_id(handle)),
                   issued_at: Time.at(C.swt_claims_issued_at(handle)),
                   expires_at: Time.at(C.swt_claims_expires_at(handle)),
                   legacy_uses: C.swt_claims_legacy_uses(handle)).freeze
      end
    ensure
      native.close
    end
  end

  # A C handle. It is freed by close, when the calls that use it are done, or else by the garbage collector.
  class Native
    def initialize(noun, keep = nil)
      out = FFI::MemoryPointer.new(:pointer)
      Values.check(yield(out))
      @pointer = FFI::AutoPointer.new(out.read_pointer, C.method("swt_#{noun}_free"))
      @keep = keep
      @mutex = Mutex.new
      @users = 0
    end

    # Yields nil, NULL for C, after close: C answers that with an error.
    def use
      pointer = enter
      begin
        yield pointer
      ensure
        leave
      end
    end

    def close
      @mutex.synchronize do
        @closed = true
        @pointer.free if @users.zero?
      end
    end

    private

    def enter
      @mutex.synchronize do
        @users += 1
        @closed ? nil : @pointer
      end
    end

    def leave
      @mutex.synchronize do
        @users -= 1
        @pointer.free if @closed && @users.zero?
      end
    end
  end

  # What Key, KeyRing, Engine and the stores have in common.
  class Handle
    # new, or with a block: new, the block, close.
    def self.open(*arguments, **options, &block)
      lend(new(*arguments, **options), &block)
    end

    def self.lend(handle)
      return handle unless block_given?

      begin
        yield handle
      ensure
        handle.close
      end
    end
    private_class_method :lend

    def close
      @native.close
    end

    def use(&block)
      @native.use(&block)
    end
  end

  # What tokens are signed and sealed with.
  class Key < Handle
    def self.secret(secret, encryption_secret = nil, insecure_short_secret: false, &block)
      make(:swt_key_new_secret, secret, encryption_secret, insecure_short_secret, &block)
    end

    def self.private_pem(pem, encryption_secret, insecure_short_secret: false, &block)
      make(:swt_key_new_private_pem, pem, encryption_secret, insecure_short_secret, &block)
    end

    def self.public_pem(pem, encryption_secret, insecure_short_secret: false, &block)
      make(:swt_key_new_public_pem, pem, encryption_secret, insecure_short_secret, &block)
    end

    def self.make(function, text, encryption_secret, insecure, &block)
      texts = [Values.text(text), Values.text(encryption_secret)]
      lend(new(Native.new("key") { |out| C.public_send(function, *texts, insecure ? 1 : 0, out) }), &block)
    end
    private_class_method :new, :open, :make

    def initialize(native)
      super()
      @native = native
    end

    # The key that only checks, of one from private_pem.
    def public_half
      use { |key| self.class.send(:new, Native.new("key") { |out| C.swt_key_new_public_half(key, out) }) }
    end
  end

  # Several keys by their kid: one signs, the others are accepted for a time.
  class KeyRing < Handle
    def initialize(signer = nil, kid = nil)
      super()
      @native = Native.new("keyring") { |out| C.swt_keyring_new(out) }
      return if signer.nil?

      use { |ring| signer.use { |key| Values.check(C.swt_keyring_set_signer(ring, key, Values.text(kid))) } }
    end

    def accept(key, kid, until_time: FOREVER)
      name = Values.text(kid)
      moment = Values.millis("until_time", until_time)
      use { |ring| key.use { |pointer| Values.check(C.swt_keyring_accept(ring, pointer, name, moment)) } }
      self
    end
  end

  # Where sessions and spent proofs are kept: a MemoryStore or a RedisStore.
  class Store < Handle
    # Raises Unavailable when the store cannot be used now.
    def ping
      use { |store| Values.check(C.swt_store_ping(store)) }
    end
  end

  class MemoryStore < Store
    def initialize(session_ttl: nil, max_sessions: nil, max_proofs: nil)
      super()
      options = C::MemoryOptions.of(session_ttl_s: Values.number("session_ttl", session_ttl),
                                    max_sessions: Values.number("max_sessions", max_sessions, 2**32 - 1),
                                    max_proofs: Values.number("max_proofs", max_proofs, 2**32 - 1))
      @native = Native.new("store") { |out| C.swt_store_memory_open(options, out) }
    end
  end

  # It does not connect yet: see ping.
  class RedisStore < Store
    def initialize(url, prefix: nil, session_ttl: nil, connect_timeout_ms: nil, command_timeout_ms: nil,
                   max_connections: nil, ca_file: nil, client_certificate_file: nil, client_key_file: nil)
      super()
      options = C::RedisOptions.of(
        prefix: Values.text(prefix), session_ttl_s: Values.number("session_ttl", session_ttl),
        connect_timeout_ms: Values.number("connect_timeout_ms", connect_timeout_ms),
        command_timeout_ms: Values.number("command_timeout_ms", command_timeout_ms),
        max_connections: Values.number("max_connections", max_connections, 2**32 - 1), ca_file: Values.text(ca_file),
        client_certificate_file: Values.text(client_certificate_file), client_key_file: Values.text(client_key_file)
      )
      @native = Native.new("store") { |out| C.swt_store_redis_open(Values.text(url), options, out) }
    end
  end

  # Key or key ring, store and settings, ready for use. audit is called with each event as one line of JSON. Without a
  # store the engine is stateless: there are no sessions, and nothing can be revoked.
  class Engine < Handle
    def initialize(key, store = nil, accept_legacy_until: nil, audit: nil)
      super()
      config = Native.new("config") { |out| C.swt_config_new(out) }
      set_key = key.is_a?(KeyRing) ? :swt_config_set_keyring : :swt_config_set_key
      listener = audit && FFI::Function.new(:void, %i[pointer pointer]) { |_, event| Engine.tell(audit, event) }
      config.use do |handle|
        key.use { |pointer| Values.check(C.public_send(set_key, handle, pointer)) }
        store&.use { |pointer| Values.check(C.swt_config_set_store(handle, pointer)) }
        unless accept_legacy_until.nil?
          moment = Values.millis("accept_legacy_until", accept_legacy_until)
          Values.check(C.swt_config_accept_legacy_until(handle, moment))
        end
        Values.check(C.swt_config_set_audit(handle, listener, nil)) if listener
        @native = Native.new("engine", listener) { |out| C.swt_engine_new(handle, out) }
      end
    ensure
      config&.close
    end

    # Neither an exception nor a throw may cross C, and the return at the end holds back both.
    def self.tell(audit, event)
      audit.call(C.swt_event_json(event).text)
    rescue Exception => e # rubocop:disable Lint/RescueException
      warn "swt: the audit callback failed: #{e.class}: #{e.message}"
    ensure
      return # rubocop:disable Lint/EnsureReturn
    end

    # A token for these claims, which need a userId, and a new session. client_key is a JWK, as a Hash or JSON.
    def sign(claims, client_key: nil, proof: nil, method: nil, url: nil, host: nil, lifetime: nil, refresh_token: false,
             refresh_lifetime: nil, issuer: nil, subject: nil, audiences: nil, now: nil)
      request = C::SignRequest.of(
        data_json: Values.json(claims), client_key_jwk: Values.json(client_key),
        lifetime_s: Values.number("lifetime", lifetime), now_ms: Values.millis("now", now),
        refresh_lifetime_s: Values.number("refresh_lifetime", refresh_lifetime), flags: refresh_token ? 1 : 0,
        issuer: Values.text(issuer), subject: Values.text(subject), audiences: C::BytesList.of(audiences),
        **http(proof, method, url, host)
      )
      use { |engine| Values.grant(Native.new("grant") { |out| C.swt_sign(engine, request, out) }) }
    end

    # Checks an access token, its proof and its session. Raises Rejected, or Unavailable.
    def verify(token, session_id = nil, proof: nil, method: nil, url: nil, host: nil, attempt: nil, audiences: nil,
               issuers: nil, subject: nil, leeway: 0, max_age: nil, now: nil)
      request = C::VerifyRequest.of(
        token: Values.text(token), session_id: Values.text(session_id), now_ms: Values.millis("now", now),
        attempt: Values.text(attempt), audiences: C::BytesList.of(audiences), issuers: C::BytesList.of(issuers),
        subject: Values.text(subject), leeway_s: leeway.zero? ? 0 : Values.number("leeway", leeway),
        max_age_s: Values.number("max_age", max_age), **http(proof, method, url, host)
      )
      use { |engine| Values.claims(Native.new("claims") { |out| C.swt_verify(engine, request, out) }) }
    end

    # Trades a refresh token, which is good once, for the next pair; claims replace those of the session.
    def refresh(refresh_token, session_id = nil, proof: nil, method: nil, url: nil, host: nil, attempt: nil,
                client_key: nil, claims: nil, lifetime: nil, refresh_lifetime: nil, insecure_reuse: false, now: nil)
      request = C::RefreshRequest.of(
        refresh_token: Values.text(refresh_token), session_id: Values.text(session_id), attempt: Values.text(attempt),
        data_json: Values.json(claims), lifetime_s: Values.number("lifetime", lifetime),
        refresh_lifetime_s: Values.number("refresh_lifetime", refresh_lifetime), now_ms: Values.millis("now", now),
        flags: insecure_reuse ? 1 : 0, client_key_jwk: Values.json(client_key), **http(proof, method, url, host)
      )
      use { |engine| Values.grant(Native.new("grant") { |out| C.swt_refresh(engine, request, out) }) }
    end

    # Ends a session. One that is unknown or has ended is no error.
    def revoke(session_id)
      use { |engine| Values.check(C.swt_revoke(engine, Values.text(session_id))) }
    end

    # Opens a token of either type for a look inside. Checks NOT whether it may be used: never let a request in on it.
    def open_unchecked_session(token, now: nil)
      given = [Values.text(token), Values.millis("now", now)]
      use { |engine| Values.claims(Native.new("claims") { |out| C.swt_open_unchecked_session(engine, *given, out) }) }
    end

    def keyring=(ring)
      use { |engine| ring.use { |pointer| Values.check(C.swt_engine_set_keyring(engine, pointer)) } }
    end

    # Stops accepting a key that got out, now and for the life of the engine.
    def kill_key(kid)
      use { |engine| Values.check(C.swt_engine_kill_key(engine, Values.text(kid))) }
    end

    private

    def http(proof, method, url, host)
      { proof: Values.text(proof), method: Values.text(method), url: Values.text(url), host: Values.text(host) }
    end
  end

  # The RFC 7638 thumbprint of a public P-256 JWK.
  def self.thumbprint(jwk)
    FFI::MemoryPointer.new(:char, 44) do |out|
      Values.check(C.swt_jwk_thumbprint(Values.json(jwk), out))
      return C.utf8(out.read_string)
    end
  end

  # A new name for one incoming request, for several verify of it that bring the same proof.
  def self.attempt
    FFI::MemoryPointer.new(:char, 23) do |out|
      Values.check(C.swt_attempt_new(out))
      return C.utf8(out.read_string)
    end
  end

  def self.version
    C.utf8(C.swt_version_details)
  end
end
