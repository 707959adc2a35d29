-- The tests of swt.lua:  SWT_LIBRARY=/path/to/libswt.so.0 luajit bindings/lua/test_swt.lua
-- openssl makes keys and proofs; redis-server, where it is installed, is started on a socket of its own.

local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = here .. "/?.lua;" .. package.path
local swt = require "swt"

local SECRET = "d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55"
local SEALING_SECRET = "7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e"
local ALICE = '{"userId":"alice"}'
local counts = { passed = 0, failed = 0, skipped = 0 }
local SKIP = {}

local function test(name, body)
  local ok, problem = xpcall(body, function(e)
    return (e == SKIP or swt.is_error(e)) and e or debug.traceback(tostring(e), 2)
  end)
  local outcome = ok and "passed" or problem == SKIP and "skipped" or "failed"
  counts[outcome] = counts[outcome] + 1
  print(string.format("%-7s %s%s", outcome, name, outcome == "skipped" and ": " .. SKIP.reason or ""))
  if outcome == "failed" then print("        " .. tostring(problem)) end
end

local function same(got, wanted, what)
  if got ~= wanted then
    error(string.format("%s: got %s, wanted %s", what or "value", tostring(got), tostring(wanted)), 2)
  end
end

-- refused calls a function that must raise this class and code.
local function refused(class, code, body, ...)
  local ok, problem = pcall(body, ...)
  if ok then error("not refused; wanted " .. code, 2) end
  if not swt.is_error(problem) then error("another error: " .. tostring(problem), 2) end
  same(problem.class .. " " .. problem.code, class .. " " .. code, "error")
  return problem
end

local function has_command(name)
  local status = os.execute("command -v " .. name .. " >/dev/null 2>&1")
  return status == 0 or status == true -- of Lua 5.1, of 5.2
end

local function run(command)
  local pipe = assert(io.popen(command .. " 2>/dev/null"))
  local text = pipe:read("*a")
  pipe:close()
  if text == "" then error("nothing came of: " .. command, 2) end
  return text
end

local scratch = run("mktemp -d"):gsub("\n", "")

local function write(name, text)
  local path = scratch .. "/" .. name
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

local function engine_with(settings)
  settings = settings or {}
  settings.key = settings.key or not settings.keyring and swt.secret_key(SECRET) or nil
  settings.store = settings.store or swt.memory_store()
  return swt.engine(settings)
end

local function visit(engine, grant, changes)
  local request = { token = grant.token, session_id = grant.session_id, method = "GET", url = "/me" }
  for name, value in pairs(changes or {}) do request[name] = value end
  return engine:verify(request)
end

-- ----------------------------------------------------------------------------------------------- a client, by openssl

local function base64url(bytes)
  local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
  local text = bytes:gsub("..?.?", function(group)
    local a, b, c = group:byte(1, 3)
    local number = a * 65536 + (b or 0) * 256 + (c or 0)
    local out = ""
    for shift = 3, 3 - #group, -1 do
      local digit = math.floor(number / 64 ^ shift) % 64 + 1
      out = out .. letters:sub(digit, digit)
    end
    return out
  end)
  return text
end

local clients = 0

local function new_client()
  clients = clients + 1
  local path = write("client" .. clients, run("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"))
  local point = run("openssl pkey -in " .. path .. " -pubout -outform DER"):sub(-64)
  local jwk = string.format('{"kty":"EC","crv":"P-256","x":"%s","y":"%s"}',
    base64url(point:sub(1, 32)), base64url(point:sub(33)))
  local client = { jwk = jwk, proofs = 0 }

  function client:proof(url, method)
    self.proofs = self.proofs + 1
    local payload = string.format('{"url":"%s","method":"%s","timestamp":%d,"jti":"a-proof-number-%08d"}', url,
      method or "GET", os.time(), self.proofs)
    local signature = run("openssl dgst -sha256 -sign " .. path .. " " .. write("payload", payload))
    return base64url(string.format('{"jwk":%s,"payload":"%s","signature":"%s"}', self.jwk,
      payload:gsub('"', '\\"'), base64url(signature)))
  end
  return client
end

-- ------------------------------------------------------------------------------------------------------------- tests

test("what swt_cdef.lua declares stands in swt.h", function()
  local file = assert(io.open(here .. "/../../include/swt/swt.h", "rb"))
  local header = file:read("*a")
  file:close()
  local function plain(text)
    text = text:gsub("/%*.-%*/", " "):gsub("SWT_API", " "):gsub("SWT_MUST_USE", " ")
    return (text:gsub("%s+", " "):gsub(" ?([{};,()]) ?", "%1"))
  end
  local constants, declarations = require("swt_cdef"):match("^%s*enum {(.-)};(.*)$")
  local plain_header = plain(header:gsub("\n#[^\n]*", "\n"))

  local checked = 0
  for name, value in constants:gmatch("(SWT_[%w_]+) = (%w+)") do
    assert(header:find("#define " .. name .. " " .. value .. "u?%f[^%w]"), name .. " has another value in swt.h")
    checked = checked + 1
  end
  same(checked, 6, "constants")
  -- A declaration ends at a semicolon outside of braces.
  local rest = plain(declarations):gsub("^ ", "")
  while rest ~= "" do
    local declaration = rest:match("^[^;{]*{.-}[^;]*;")
    if not declaration or rest:find(";") < rest:find("{", 1, true) then declaration = rest:match("^[^;]*;") end
    assert(plain_header:find(declaration, 1, true), "not in swt.h: " .. declaration)
    rest, checked = rest:sub(#declaration + 1), checked + 1
  end
  assert(checked > 70, "only " .. checked .. " were compared")
end)

test("a token is signed and verified", function()
  local engine = engine_with { key = swt.secret_key(SECRET, { encryption_secret = SEALING_SECRET }) }
  local grant = engine:sign { data = '{"userId":"alice","role":"admin"}', lifetime_s = 60 }
  local claims = visit(engine, grant)
  same(claims.user_id, '"alice"')
  same(claims.data, '{"userId":"alice","role":"admin"}')
  same(claims.session_id, grant.session_id)
  same(claims.expires_at, grant.expires_at)
  same(claims.expires_at - claims.issued_at, 60)
  same(claims.thumbprint, nil)
  same(#claims.token_id, 22)
  assert(claims.payload:find('"data":{', 1, true))
  same(grant.refresh_token, nil)
end)

test("Unicode comes back as it was; a NUL in a text does not end it", function()
  local engine = engine_with()
  local data = '{"userId":"Zoë 🦊","日本":"\\"quoted\\""}'
  same(visit(engine, engine:sign { data = data }).data, data)
  refused("usage", "data", engine.sign, engine, { data = ALICE .. "\0" })
  refused("usage", "data", engine.sign, engine, { data = '{"userId":"\255"}' })
  local grant = engine:sign { data = ALICE }
  refused("token", "token_malformed", visit, engine, grant, { token = grant.token .. "\0more" })
end)

test("a revoked session is refused", function()
  local engine = engine_with()
  local grant, other = engine:sign { data = ALICE }, engine:sign { data = ALICE }
  visit(engine, grant)
  engine:revoke(grant.session_id)
  local problem = refused("proof_or_session", "session_revoked", visit, engine, grant)
  same(problem.rejected, true)
  same(problem.status, 352)
  same(problem.challenge, "invalid_token")
  assert(tostring(problem):find("session_revoked", 1, true))
  visit(engine, other)
  engine:revoke(grant.session_id)
  engine:revoke("no session id")
end)

test("a tampered token is refused", function()
  local engine = engine_with()
  local grant = engine:sign { data = ALICE }
  local forged = grant.token:gsub("%.([^.])([^.]*)$", function(letter, rest)
    return "." .. (letter == "A" and "B" or "A") .. rest
  end)
  refused("token", "token_authentication", visit, engine, grant, { token = forged })
  refused("token", "token_malformed", visit, engine, grant, { token = "no token" })
  visit(engine, grant)
end)

test("an expired token is refused, but within the leeway", function()
  local engine = engine_with()
  local grant = engine:sign { data = ALICE, lifetime_s = 60 }
  local late = (grant.expires_at + 1) * 1000
  refused("token", "token_expired", visit, engine, grant, { now_ms = late })
  visit(engine, grant, { now_ms = late, leeway_s = 30 })
  refused("token", "token_age", visit, engine, grant, { now_ms = late - 2000, max_age_s = 30 })
end)

test("audiences, issuer and subject are compared", function()
  local engine = engine_with()
  local grant = engine:sign { data = ALICE, audiences = { "shop", "mail" }, issuer = "login", subject = "a" }
  visit(engine, grant, { audiences = { "mail", "other" }, issuers = { "login" }, subject = "a" })
  refused("token", "token_audience", visit, engine, grant)
  refused("token", "token_audience", visit, engine, grant, { audiences = { "other" } })
  refused("token", "token_issuer", visit, engine, grant, { audiences = { "shop" }, issuers = { "x" } })
  refused("token", "token_subject", visit, engine, grant, { audiences = { "shop" }, subject = "b" })
  refused("usage", "argument", visit, engine, grant, { audiences = { "shop" }, issuers = {} })
end)

test("a bound token needs a proof, for this url, and each proof once", function()
  local engine, client = engine_with(), new_client()
  local grant = engine:sign { data = ALICE, client_key = client.jwk }
  local proof = client:proof("/me")
  same(visit(engine, grant, { proof = proof }).thumbprint, swt.thumbprint(client.jwk))
  refused("proof_or_session", "proof_replayed", visit, engine, grant, { proof = proof })
  local problem = refused("proof_or_session", "proof_url", visit, engine, grant, { proof = client:proof("/other") })
  same(problem.challenge, "invalid_dpop_proof")
  refused("proof_or_session", "proof_method", visit, engine, grant, { proof = client:proof("/me", "POST") })
  refused("proof_or_session", "proof_missing", visit, engine, grant)
  refused("proof_or_session", "proof_binding", visit, engine, grant, { proof = new_client():proof("/me") })
end)

test("one attempt may show its proof to several guards", function()
  local engine, client = engine_with(), new_client()
  local grant = engine:sign { data = ALICE, client_key = client.jwk }
  local changes = { proof = client:proof("/me"), attempt = swt.attempt() }
  visit(engine, grant, changes)
  visit(engine, grant, changes)
end)

test("a login's own proof binds the token to its key", function()
  local engine, client = engine_with(), new_client()
  local login = { data = ALICE, proof = client:proof("/login", "POST"), method = "POST", url = "/login" }
  local grant = engine:sign(login)
  same(visit(engine, grant, { proof = client:proof("/me") }).thumbprint, swt.thumbprint(client.jwk))
  login.url = "/elsewhere"
  refused("proof_or_session", "proof_url", engine.sign, engine, login)
end)

test("a refresh gives a new pair, and the old refresh token is refused", function()
  local engine = engine_with()
  local first = engine:sign { data = ALICE, refresh = true }
  local second = engine:refresh { refresh_token = first.refresh_token, data = '{"userId":"alice","n":2}' }
  assert(second.token ~= first.token and second.refresh_token ~= first.refresh_token)
  same(second.session_id, first.session_id)
  same(visit(engine, second).data, '{"userId":"alice","n":2}')
  refused("proof_or_session", "refresh_superseded", engine.refresh, engine, { refresh_token = first.refresh_token })
  visit(engine, second)
  engine:refresh { refresh_token = second.refresh_token }
end)

test("mistakes of the program are usage errors", function()
  refused("usage", "secret_too_short", swt.secret_key, "hunter2")
  swt.secret_key("hunter2", { insecure_short_secret = true })
  local pem = run("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256")
  refused("usage", "key", swt.secret_key, pem)
  refused("usage", "secret_too_short", swt.secret_key, SECRET, { encryption_secret = "short" })
  refused("usage", "key", swt.secret_key, nil)
  refused("usage", "argument", swt.secret_key, SECRET, { encryptionSecret = SEALING_SECRET })
  refused("usage", "state", swt.engine, {})
  refused("usage", "argument", swt.engine, { key = SECRET })
  refused("usage", "argument", swt.memory_store, { max_sessions = -1 })
  local engine = engine_with()
  refused("usage", "user_id", engine.sign, engine, { data = "{}" })
  refused("usage", "argument", engine.sign, engine, { data = ALICE, audience = { "x" } })
  refused("usage", "argument", engine.sign, engine, { data = ALICE, lifetime_s = 0.5 })
  refused("usage", "lifetime", engine.sign, engine, { data = ALICE, lifetime_s = -1 })
  refused("usage", "argument", engine.sign, nil, { data = ALICE })
  engine:close()
  engine:close()
  refused("usage", "argument", engine.sign, engine, { data = ALICE })
end)

test("a store that cannot be reached is neither yes nor no", function()
  local engine = engine_with { store = swt.redis_store("redis://127.0.0.1:1", { connect_timeout_ms = 500 }) }
  local problem = refused("unavailable", "store_connection", engine.sign, engine, { data = ALICE })
  same(problem.rejected, false)
  same(problem.challenge, "")
  refused("usage", "argument", swt.redis_store, "http://127.0.0.1")
end)

test("sessions in Redis, seen by two engines", function()
  if not has_command("redis-server") then
    SKIP.reason = "redis-server is not installed"
    error(SKIP, 0)
  end
  -- The server ends when this pipe does, also when this process is killed. A socket in a folder of our own is always free.
  local socket = scratch .. "/redis.sock"
  local server = io.popen(string.format("redis-server --port 0 --unixsocket %s --save '' --dir %s >/dev/null 2>&1 & " ..
    "pid=$!; read -r _; kill $pid; wait $pid", socket, scratch), "w")
  local ok, problem = pcall(function()
    local store = swt.redis_store("unix://" .. socket, { prefix = "lua:", max_connections = 2, command_timeout_ms = 5000 })
    local deadline = os.time() + 20
    while not pcall(store.ping, store) do
      assert(os.time() < deadline, "redis-server does not answer")
      os.execute("sleep 0.1")
    end
    local here_, there = engine_with { store = store }, engine_with { store = swt.redis_store("unix://" .. socket,
      { prefix = "lua:", command_timeout_ms = 5000 }) }
    local grant = here_:sign { data = ALICE, refresh = true }
    visit(there, grant)
    local second = there:refresh { refresh_token = grant.refresh_token }
    visit(here_, second)
    here_:revoke(grant.session_id)
    refused("proof_or_session", "session_revoked", visit, there, second)
  end)
  server:close()
  if not ok then error(problem, 0) end
end)

for _, kind in ipairs { "RSA -pkeyopt rsa_keygen_bits:2048", "EC -pkeyopt ec_paramgen_curve:P-256" } do
  test("a PEM of " .. kind:match("%w+") .. ": the private one signs, the public ones check and cannot sign", function()
    local private_pem = run("openssl genpkey -algorithm " .. kind)
    local path = write("private.pem", private_pem)
    local sealed = { encryption_secret = SEALING_SECRET }
    local private = swt.private_key(private_pem, sealed)
    local store = swt.memory_store()
    local grant = engine_with { key = private, store = store }:sign { data = ALICE }
    local public = swt.public_key(run("openssl pkey -pubout -in " .. path), sealed)
    for _, key in ipairs { private:public_half(), public } do
      local checker = engine_with { key = key, store = store }
      same(visit(checker, grant).user_id, '"alice"')
      refused("usage", "key", checker.sign, checker, { data = ALICE })
    end
    refused("usage", "key", swt.public_key, private_pem, sealed)
    refused("usage", "key", swt.private_key, private_pem)
    local secret = swt.secret_key(SECRET)
    refused("usage", "key", secret.public_half, secret)
  end)
end

test("keys are changed with a ring, and killed", function()
  local old, new = swt.secret_key(SECRET), swt.secret_key(SEALING_SECRET)
  local first, second = swt.keyring(), swt.keyring()
  first:set_signer(old, "2024")
  second:set_signer(new, "2025")
  second:accept(old, "2024", swt.NO_END)
  local engine = engine_with { keyring = first }
  local before = engine:sign { data = ALICE }
  engine:set_keyring(second)
  local after = engine:sign { data = ALICE }
  same(visit(engine, before).key_id, "2024")
  same(visit(engine, after).key_id, "2025")
  engine:kill_key("2024")
  refused("token", "token_key", visit, engine, before)
  visit(engine, after)
  refused("usage", "key_id", second.accept, second, old, "2025", swt.NO_END)
  refused("usage", "state", engine_with, { keyring = swt.keyring() })
end)

test("a token can be looked into without a session", function()
  local engine = engine_with()
  local grant = engine:sign { data = ALICE, refresh = true }
  engine:revoke(grant.session_id)
  same(engine:open_unchecked_session(grant.token).user_id, '"alice"')
  local opened = engine:open_unchecked_session(grant.refresh_token)
  assert(opened.payload:find('"sid":"' .. grant.session_id .. '"', 1, true))
  same(opened.session_id, nil) -- none was checked
  refused("token", "token_expired", engine.open_unchecked_session, engine, grant.token, (grant.expires_at + 1) * 1000)
end)

test("an audit callback is told everything, and a failing one changes nothing", function()
  local lines = {}
  local engine = engine_with { audit = function(line) lines[#lines + 1] = line end }
  local grant = engine:sign { data = ALICE }
  visit(engine, grant)
  engine:revoke(grant.session_id)
  refused("proof_or_session", "session_revoked", visit, engine, grant)
  local names = table.concat(lines, "\n"):gsub('[^\n]*"event":"([%w_]+)"[^\n]*', "%1")
  same(names, "sign\nverify_success\nrevoke\nverify_failure")
  same(lines[4]:match('"code":"([%w_]+)"'), "session_revoked")

  local calls = 0
  local failing
  failing = engine_with { audit = function()
    calls = calls + 1
    if calls == 1 then failing:close() end
    error("the disk is full")
  end }
  visit(failing, failing:sign { data = ALICE })
  same(calls, 2)
end)

test("an audit callback in a hot loop, and more engines than LuaJIT has callbacks", function()
  local calls = 0
  local engine = engine_with { audit = function() calls = calls + 1 end }
  for _ = 1, 1000 do engine:sign { data = ALICE } end
  same(calls, 1000)
  for i = 1, 3000 do
    local one = swt.engine { key = swt.secret_key(SECRET), audit = function() end }
    if i % 2 == 0 then one:close() end
    if i % 100 == 0 then collectgarbage() end
  end
end)

test("what is made and dropped in a loop is freed", function()
  local function resident()
    local file = io.open("/proc/self/statm")
    if not file then return 0 end
    local pages = tonumber(file:read("*a"):match("^%d+ (%d+)"))
    file:close()
    return pages
  end
  local function turn()
    local engine = engine_with()
    local grant = engine:sign { data = ALICE, refresh = true }
    visit(engine, grant)
    pcall(engine.verify, engine, {})
  end
  for _ = 1, 1000 do turn() end
  collectgarbage()
  local before = resident()
  for i = 1, 6000 do
    turn()
    if i % 100 == 0 then collectgarbage() end
  end
  local grown = resident() - before
  assert(grown < 1024, "grew by " .. grown .. " pages")
end)

test("the version says what is in use", function() assert(swt.version():find("^secure%-web%-token %d")) end)

os.execute("rm -rf " .. scratch)
print(string.format("lua: %d tests passed, %d failed, %d skipped", counts.passed, counts.failed, counts.skipped))
os.exit(counts.failed == 0 and counts.passed > 0 and 0 or 1)
