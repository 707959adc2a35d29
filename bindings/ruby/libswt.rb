# frozen_string_literal: true

require "ffi"

module Swt
  # libswt as ffi sees it: the structs and functions of include/swt/swt.h, version 1, and nothing more. See swt.rb.
  # (Fiddle, of the standard library, cannot take a struct that a function returns by value, as every getter here does.)
  module C
    extend FFI::Library

    ABI_VERSION = 1
    ERR_ARGUMENT = 101
    NO_END = 2**63 - 1

    # ffi gives every text as bytes without an encoding.
    def self.utf8(text)
      text.force_encoding(Encoding::UTF_8)
    end

    # swt_bytes. As an argument it holds on to its bytes.
    class Bytes < FFI::Struct
      layout :data, :pointer, :len, :size_t

      # The bytes of the string as they are, whatever its encoding says; nil is "not given".
      def self.of(text)
        new.tap { |view| view.hold(text.to_str) unless text.nil? }
      end

      def hold(text)
        @buffer = FFI::MemoryPointer.new(:char, text.bytesize + 1).put_bytes(0, text)
        self[:data] = @buffer
        self[:len] = text.bytesize
      end

      def text
        self[:len].zero? ? "" : C.utf8(self[:data].read_bytes(self[:len]))
      end
    end

    class BytesList < FFI::Struct
      layout :items, :pointer, :count, :size_t

      def self.of(texts)
        new.tap { |list| list.hold(Array(texts).map { |text| Bytes.of(text) }) unless texts.nil? }
      end

      # One more, since items of an empty list must not be NULL: that would be "not given", and any issuer would do.
      def hold(views)
        @views = views
        @array = FFI::MemoryPointer.new(Bytes, views.size + 1)
        views.each_with_index { |view, at| @array.put_bytes(at * Bytes.size, view.to_ptr.read_bytes(Bytes.size)) }
        self[:items] = @array
        self[:count] = views.size
      end
    end

    # A struct of options, which begins with its own size.
    class Sized < FFI::Struct
      def self.of(**members)
        new.tap { |struct| struct.hold(members) }
      end

      def hold(members)
        @members = members
        self[:struct_size] = size
        members.each { |name, value| self[name] = value }
      end
    end

    class MemoryOptions < Sized
      layout :struct_size, :size_t, :session_ttl_s, :int64, :max_sessions, :uint32, :max_proofs, :uint32
    end

    class RedisOptions < Sized
      layout :struct_size, :size_t, :prefix, Bytes, :session_ttl_s, :int64, :connect_timeout_ms, :int64,
             :command_timeout_ms, :int64, :max_connections, :uint32, :reserved, :uint32, :ca_file, Bytes,
             :client_certificate_file, Bytes, :client_key_file, Bytes
    end

    class SignRequest < Sized
      layout :struct_size, :size_t, :data_json, Bytes, :client_key_jwk, Bytes, :lifetime_s, :int64,
             :refresh_lifetime_s, :int64, :now_ms, :int64, :flags, :uint32, :reserved, :uint32, :proof, Bytes,
             :method, Bytes, :url, Bytes, :host, Bytes, :issuer, Bytes, :subject, Bytes, :audiences, BytesList
    end

    class VerifyRequest < Sized
      layout :struct_size, :size_t, :token, Bytes, :session_id, Bytes, :proof, Bytes, :method, Bytes, :url, Bytes,
             :host, Bytes, :now_ms, :int64, :attempt, Bytes, :audiences, BytesList, :issuers, BytesList,
             :subject, Bytes, :leeway_s, :int64, :max_age_s, :int64
    end

    class RefreshRequest < Sized
      layout :struct_size, :size_t, :refresh_token, Bytes, :session_id, Bytes, :proof, Bytes, :method, Bytes,
             :url, Bytes, :host, Bytes, :attempt, Bytes, :data_json, Bytes, :lifetime_s, :int64,
             :refresh_lifetime_s, :int64, :now_ms, :int64, :flags, :uint32, :reserved, :uint32, :client_key_jwk, Bytes
    end

    ffi_lib ENV.fetch("SWT_LIBRARY", "libswt.so.0")
    attach_function :swt_abi_version, [], :uint32
    if swt_abi_version < ABI_VERSION # a later one only has more
      raise LoadError, "libswt has version #{swt_abi_version} of the interface; #{ABI_VERSION} is needed"
    end

    bytes = Bytes.by_value
    callback :audit, %i[pointer pointer], :void
    attach_function :swt_status_class, [:int32], :int32
    attach_function :swt_status_name, [:int32], :string
    attach_function :swt_status_challenge, [:int32], :string
    attach_function :swt_last_error_message, [], :string
    attach_function :swt_version_details, [], :string
    %w[key keyring store config engine grant claims].each do |noun|
      attach_function "swt_#{noun}_free", [:pointer], :void
    end
    %w[grant_token grant_session_id grant_refresh_token grant_user_id claims_payload claims_user_id claims_session_id
       claims_thumbprint claims_token_id claims_key_id event_json].each do |getter|
      attach_function "swt_#{getter}", [:pointer], bytes
    end
    %w[grant_expires_at claims_issued_at claims_expires_at].each do |getter|
      attach_function "swt_#{getter}", [:pointer], :int64
    end
    %w[grant claims].each { |noun| attach_function "swt_#{noun}_legacy_uses", [:pointer], :uint32 }

    {
      key_new_secret: [bytes, bytes, :uint32, :pointer],
      key_new_private_pem: [bytes, bytes, :uint32, :pointer],
      key_new_public_pem: [bytes, bytes, :uint32, :pointer],
      key_new_public_half: %i[pointer pointer],
      keyring_new: [:pointer],
      keyring_set_signer: [:pointer, :pointer, bytes],
      keyring_accept: [:pointer, :pointer, bytes, :int64],
      store_memory_open: %i[pointer pointer],
      store_redis_open: [bytes, :pointer, :pointer],
      config_new: [:pointer],
      config_set_key: %i[pointer pointer],
      config_set_keyring: %i[pointer pointer],
      config_set_store: %i[pointer pointer],
      config_accept_legacy_until: %i[pointer int64],
      config_set_audit: %i[pointer audit pointer],
      engine_new: %i[pointer pointer],
      engine_set_keyring: %i[pointer pointer],
      engine_kill_key: [:pointer, bytes],
      open_unchecked_session: [:pointer, bytes, :int64, :pointer],
      jwk_thumbprint: [bytes, :pointer],
      attempt_new: [:pointer],
    }.each { |name, arguments| attach_function "swt_#{name}", arguments, :int32 }

    # These may wait for a store: other Ruby threads run meanwhile.
    {
      store_ping: [:pointer],
      sign: %i[pointer pointer pointer],
      verify: %i[pointer pointer pointer],
      refresh: %i[pointer pointer pointer],
      revoke: [:pointer, bytes],
    }.each { |name, arguments| attach_function "swt_#{name}", arguments, :int32, blocking: true }
  end
end
