--- secure-web-token for LuaJIT: encrypted, device-bound session tokens, by FFI over libswt.
--
--     local swt = require "swt"
--     local key = swt.secret_key(secret, { encryption_secret = other_secret })
--     local engine = swt.engine { key = key, store = swt.memory_store() }
--
--     local grant = engine:sign { data = '{"userId":"alice"}', refresh = true }
--     local claims = engine:verify { token = grant.token, session_id = grant.session_id, method = "GET", url = "/me" }
--     print(claims.user_id, claims.data)          --> "alice"   {"userId":"alice"}
--     engine:revoke(grant.session_id)
--
-- What each setting means stands in swt.h, under the same name. Claims go in and come out as JSON text: LuaJIT has no
-- JSON, and the library checks the text itself. A setting that is misspelt is refused, and so is one of another type.
--
-- Errors are raised, not returned: a guard whose result nobody looks at must not let anybody in. What is raised is a
-- table { class, code, status, message, challenge, rejected }; class is "usage" (the program is wrong), "token" or
-- "proof_or_session" (both are rejected: answer 401), "unavailable" (the store did not answer: 503), "internal" (500).
--
--     local ok, result = pcall(engine.verify, engine, request)
--     if not ok and swt.is_error(result) and result.rejected then return unauthorized(result.challenge) end
--
-- The library is taken from SWT_LIBRARY, a path, or found as libswt.so.0. Handles are freed by the garbage collector;
-- engine:close() does it now, which also ends its audit callback. One Lua state per thread, as always in Lua.

-- A callback must not be entered from compiled code (LuaJIT's manual, "FFI Callbacks"), so nothing here is compiled.
if jit then jit.off(true, true) end

local ffi = require "ffi"

ffi.cdef(require "swt_cdef")

local C = ffi.load(os.getenv("SWT_LIBRARY") or "libswt.so.0")
if C.swt_abi_version() < C.SWT_ABI_VERSION then error("swt: this libswt is older than swt.lua") end

--- swt.NO_END is "for ever", for moments such as that of keyring:accept.
local swt = { NO_END = 0x7fffffffffffffffLL }

-- ------------------------------------------------------------------------------------------------------------ errors

local Error = {}
Error.__index = Error
Error.__tostring = function(self)
  return string.format("swt: %s (%d): %s", self.code, self.status, self.message)
end

local CLASSES = { "usage", "token", "proof_or_session", "unavailable", "internal" }

local function raise(status, message)
  local class = CLASSES[C.swt_status_class(status)] or "internal"
  error(setmetatable({
    class = class,
    rejected = class == "token" or class == "proof_or_session",
    status = status,
    code = ffi.string(C.swt_status_name(status)),
    message = message,
    challenge = ffi.string(C.swt_status_challenge(status)), -- for WWW-Authenticate; "" when it is no rejection
  }, Error), 0)
end

local function check(status)
  if status ~= 0 then raise(status, ffi.string(C.swt_last_error_message())) end
end

local function usage(...) raise(101, string.format(...)) end

--- swt.is_error tells what this module raised from everything else that an error can be.
function swt.is_error(value) return getmetatable(value) == Error end

-- ------------------------------------------------------------------------------------------------------------ values

local EMPTY = ffi.new("swt_bytes")

-- A view borrows the string's own memory: whoever makes one keeps the string until the call is over. nil is "not given".
local function view(text, name)
  if text == nil then return EMPTY end
  if type(text) ~= "string" then usage("%s must be a string", name) end
  return ffi.new("swt_bytes", ffi.cast("const uint8_t *", text), #text)
end

local function integer(value, name)
  if ffi.istype("int64_t", value) then return value end
  if type(value) ~= "number" or value % 1 ~= 0 or math.abs(value) > 2 ^ 53 then usage("%s must be an integer", name) end
  return value
end

local function unsigned(value, name)
  if type(value) ~= "number" or value % 1 ~= 0 or value < 0 or value >= 2 ^ 32 then
    usage("%s must be an integer from 0 to 4294967295", name)
  end
  return value
end

local function list(texts, name, keep)
  if type(texts) ~= "table" then usage("%s must be a list of strings", name) end
  local items = ffi.new("swt_bytes[?]", math.max(#texts, 1)) -- an empty list is given all the same, and refused
  for i, text in ipairs(texts) do
    items[i - 1] = view(text, name)
    keep[#keep + 1] = text
  end
  keep[#keep + 1] = items
  return ffi.new("swt_bytes_list", items, #texts)
end

local function flag(bit)
  return function(value, name)
    if type(value) ~= "boolean" then usage("%s must be true or false", name) end
    return value and bit or 0
  end
end

-- What a struct points to lives as long as the struct.
local kept = setmetatable({}, { __mode = "k" })

-- fill makes the struct of that name from a table of settings. fields says how each setting is read, or, where the
-- struct has another name for it, gives the two.
local function fill(name, fields, settings)
  local struct, keep = ffi.new(name), {}
  kept[struct] = keep
  struct.struct_size = ffi.sizeof(name)
  if settings == nil then return struct end
  if type(settings) ~= "table" then usage("%s: a table of settings is needed", name) end
  for setting, value in pairs(settings) do
    local read = fields[setting]
    if not read then usage("%s: there is no setting %s", name, tostring(setting)) end
    keep[#keep + 1] = value
    if type(read) == "table" then struct[read[1]] = read[2](value, setting, keep)
    else struct[setting] = read(value, setting, keep) end
  end
  return struct
end

-- ----------------------------------------------------------------------------------------------------------- handles

-- A class of objects that hold a handle, or none when they were closed. The collector frees what nobody closed.
local function class(free)
  local methods = { free = free }
  methods.__index = methods
  --- close frees the handle now. Whatever was made with it goes on.
  function methods:close()
    local handle = self.handle
    self.handle = nil
    if handle then self.free(ffi.gc(handle, nil)) end
  end
  return methods
end

local Key, KeyRing = class(C.swt_key_free), class(C.swt_keyring_free)
local Config, Store, Engine = class(C.swt_config_free), class(C.swt_store_free), class(C.swt_engine_free)

-- make calls a function whose last argument is where it puts the new handle.
local function make(of, kind, create, ...)
  local out = ffi.new(kind .. " *[1]")
  local arguments = { n = select("#", ...) + 1, ... }
  arguments[arguments.n] = out
  check(create(unpack(arguments, 1, arguments.n)))
  return setmetatable({ handle = ffi.gc(out[0], of.free) }, of)
end

local function handle_of(object, of, name)
  if getmetatable(object) ~= of then usage("%s is missing, or something else", name) end
  return object.handle
end

-- -------------------------------------------------------------------------------------------------- keys and stores

local function key_maker(create)
  return function(material, settings)
    local insecure = flag(C.SWT_KEY_INSECURE_SHORT_SECRET)
    local given = { encryption_secret = EMPTY, insecure_short_secret = 0 }
    for name, value in pairs(settings or {}) do
      if name == "encryption_secret" then given[name] = view(value, name)
      elseif name == "insecure_short_secret" then given[name] = insecure(value, name)
      else usage("a key has no setting %s", tostring(name)) end
    end
    return make(Key, "swt_key", create, view(material, "key"), given.encryption_secret, given.insecure_short_secret)
  end
end

--- Each takes { encryption_secret =, insecure_short_secret = }; the first is mandatory with a PEM.
swt.secret_key = key_maker(C.swt_key_new_secret)
swt.private_key = key_maker(C.swt_key_new_private_pem)
swt.public_key = key_maker(C.swt_key_new_public_pem)

--- key:public_half makes, from a private key, the key that only checks.
function Key:public_half() return make(Key, "swt_key", C.swt_key_new_public_half, self.handle) end

function swt.keyring() return make(KeyRing, "swt_keyring", C.swt_keyring_new) end

function KeyRing:set_signer(key, kid)
  check(C.swt_keyring_set_signer(self.handle, handle_of(key, Key, "key"), view(kid, "kid")))
end

function KeyRing:accept(key, kid, until_ms)
  local moment = integer(until_ms, "until_ms")
  check(C.swt_keyring_accept(self.handle, handle_of(key, Key, "key"), view(kid, "kid"), moment))
end

local MEMORY_STORE = { session_ttl_s = integer, max_sessions = unsigned, max_proofs = unsigned }

function swt.memory_store(settings)
  local options = fill("swt_memory_store_options", MEMORY_STORE, settings)
  return make(Store, "swt_store", C.swt_store_memory_open, options)
end

local REDIS_STORE = {
  prefix = view, session_ttl_s = integer, connect_timeout_ms = integer, command_timeout_ms = integer,
  max_connections = unsigned, ca_file = view, client_certificate_file = view, client_key_file = view,
}

function swt.redis_store(url, settings)
  local options = fill("swt_redis_store_options", REDIS_STORE, settings)
  return make(Store, "swt_store", C.swt_store_redis_open, view(url, "url"), options)
end

function Store:ping() check(C.swt_store_ping(self.handle)) end

-- ------------------------------------------------------------------------------------------------------------ engine

-- What the listener does, an error included, stays with the listener: errors must not cross the library's frames.
local function audit_callback(listener)
  return ffi.cast("swt_audit_callback", function(_, event)
    local line = C.swt_event_json(event)
    pcall(function() listener(ffi.string(line.data, line.len)) end)
  end)
end

local SETTINGS = {
  key = function(config, key) check(C.swt_config_set_key(config, handle_of(key, Key, "key"))) end,
  keyring = function(config, ring) check(C.swt_config_set_keyring(config, handle_of(ring, KeyRing, "keyring"))) end,
  store = function(config, store) check(C.swt_config_set_store(config, handle_of(store, Store, "store"))) end,
  accept_legacy_until_ms = function(config, moment)
    check(C.swt_config_accept_legacy_until(config, integer(moment, "accept_legacy_until_ms")))
  end,
  audit = function(_, listener)
    if type(listener) ~= "function" then usage("audit must be a function") end
  end,
}

--- swt.engine takes { key = } or { keyring = }, and store, accept_legacy_until_ms, audit: a function that is given each
-- event as one line of JSON.
function swt.engine(settings)
  local config = make(Config, "swt_config", C.swt_config_new)
  for name, value in pairs(settings) do
    if not SETTINGS[name] then usage("an engine has no setting %s", tostring(name)) end
    SETTINGS[name](config.handle, value)
  end

  -- The engine has the callback's address from its birth, and LuaJIT has room for some hundreds of callbacks only: each
  -- ends with its engine.
  local callback = settings.audit and audit_callback(settings.audit)
  local function free(handle)
    C.swt_engine_free(handle)
    if callback then callback:free() end
  end
  if callback then check(C.swt_config_set_audit(config.handle, callback, nil)) end
  local made, engine = pcall(make, Engine, "swt_engine", C.swt_engine_new, config.handle)
  config:close()
  if not made then
    free(nil)
    error(engine, 0)
  end
  ffi.gc(engine.handle, free)
  engine.free, engine.calls = free, 0
  return engine
end

-- An audit callback runs inside a call, and must not free what the call is using.
local close = Engine.close
function Engine:close()
  if self.calls > 0 then usage("an engine cannot be closed by its own audit callback") end
  close(self)
end

local function call(engine, operation, ...)
  local handle = handle_of(engine, Engine, "engine")
  engine.calls = engine.calls + 1
  local status = operation(handle, ...)
  engine.calls = engine.calls - 1
  check(status)
end

-- read copies what a result holds into a table, and frees it. What is empty is left out.
local function read(kind, getters, out)
  local result = {}
  for name, getter in pairs(getters) do
    local value = getter(out[0])
    if not ffi.istype("swt_bytes", value) then result[name] = tonumber(value)
    elseif value.len > 0 then result[name] = ffi.string(value.data, value.len) end
  end
  C["swt_" .. kind .. "_free"](out[0])
  return result
end

local GRANT, CLAIMS = {}, {}
for _, name in ipairs { "token", "session_id", "refresh_token", "user_id", "expires_at", "legacy_uses" } do
  GRANT[name] = C["swt_grant_" .. name]
end
for _, name in ipairs { "payload", "data", "user_id", "session_id", "thumbprint", "token_id", "key_id", "issued_at",
                        "expires_at", "legacy_uses" } do
  CLAIMS[name] = C["swt_claims_" .. name]
end

local SIGN = {
  data = { "data_json", view }, client_key = { "client_key_jwk", view }, lifetime_s = integer,
  refresh_lifetime_s = integer, refresh = { "flags", flag(C.SWT_SIGN_REFRESH_TOKEN) }, proof = view, method = view,
  url = view, host = view, issuer = view, subject = view, audiences = list, now_ms = integer,
}

--- engine:sign { data = '{"userId":…}', client_key = a JWK, refresh = true, … } returns
-- { token, session_id, refresh_token, user_id, expires_at, legacy_uses }. user_id is JSON: "alice" with its quotes, or 7.
function Engine:sign(request)
  local out = ffi.new("swt_grant *[1]")
  call(self, C.swt_sign, fill("swt_sign_request", SIGN, request), out)
  return read("grant", GRANT, out)
end

local VERIFY = {
  token = view, session_id = view, proof = view, method = view, url = view, host = view, attempt = view,
  audiences = list, issuers = list, subject = view, leeway_s = integer, max_age_s = integer, now_ms = integer,
}

--- engine:verify { token =, session_id =, proof =, method =, url =, … } returns
-- { payload, data, user_id, session_id, thumbprint, token_id, key_id, issued_at, expires_at, legacy_uses }.
function Engine:verify(request)
  local out = ffi.new("swt_claims *[1]")
  call(self, C.swt_verify, fill("swt_verify_request", VERIFY, request), out)
  return read("claims", CLAIMS, out)
end

local REFRESH = {
  refresh_token = view, session_id = view, proof = view, method = view, url = view, host = view, attempt = view,
  data = { "data_json", view }, lifetime_s = integer, refresh_lifetime_s = integer, now_ms = integer,
  insecure_reuse = { "flags", flag(C.SWT_REFRESH_INSECURE_REUSE) }, client_key = { "client_key_jwk", view },
}

--- engine:refresh { refresh_token =, … } returns the next pair, as engine:sign does.
function Engine:refresh(request)
  local out = ffi.new("swt_grant *[1]")
  call(self, C.swt_refresh, fill("swt_refresh_request", REFRESH, request), out)
  return read("grant", GRANT, out)
end

--- engine:revoke ends a session, for good and for everybody, from the moment it returns.
function Engine:revoke(session_id) call(self, C.swt_revoke, view(session_id, "session_id")) end

--- engine:open_unchecked_session looks into a token. It says NOTHING of whether the token may be used.
function Engine:open_unchecked_session(token, now_ms)
  local out = ffi.new("swt_claims *[1]")
  call(self, C.swt_open_unchecked_session, view(token, "token"), integer(now_ms or 0, "now_ms"), out)
  return read("claims", CLAIMS, out)
end

function Engine:set_keyring(keyring) call(self, C.swt_engine_set_keyring, handle_of(keyring, KeyRing, "keyring")) end

function Engine:kill_key(kid) call(self, C.swt_engine_kill_key, view(kid, "kid")) end

-- ------------------------------------------------------------------------------------------------------------- small

--- swt.thumbprint returns the RFC 7638 thumbprint of a client's public key, a JWK as text.
function swt.thumbprint(jwk)
  local out = ffi.new("char[?]", C.SWT_THUMBPRINT_LEN + 1)
  check(C.swt_jwk_thumbprint(view(jwk, "jwk"), out))
  return ffi.string(out)
end

--- swt.attempt names one incoming request, for several verify calls about it.
function swt.attempt()
  local out = ffi.new("char[?]", C.SWT_ATTEMPT_LEN + 1)
  check(C.swt_attempt_new(out))
  return ffi.string(out)
end

function swt.version() return ffi.string(C.swt_version_details()) end

return swt
