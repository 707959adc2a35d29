// The rooms of src/ depend on each other in one direction, and each foreign library stays in its own room.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL("../..", import.meta.url));

// What each room may include, besides itself and the standard library.
const ALLOWED_ROOMS = {
  base: [],
  crypto: ["base"],
  token: ["base", "crypto"],
  dpop: ["base", "crypto"],
  session: ["base"],
  engine: ["base", "crypto", "token", "dpop", "session"],
  stores: ["base", "crypto", "session"],
  capi: ["base", "crypto", "token", "dpop", "session", "engine", "stores", "swt"],
};

// The transport of the store in Redis, and the names of its scripts.
const REDIS_TLS = join("src", "stores", "redis_tls.cpp");
const REDIS_SCRIPT_NAMES = join("src", "stores", "redis_script_names.cpp");

function filesUnder(folder, extensions) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => extensions.some((extension) => name.endsWith(extension)));
}

function read(file) {
  return readFileSync(join(root, file), "utf8");
}

function includesOf(file) {
  return [...read(file).matchAll(/^\s*#\s*include\s*["<]([^">]+)[">]/gm)].map((match) => match[1]);
}

// Every include that breaks a rule, as "file includes header".
function breaches(files, isBreach) {
  return files.flatMap((file) =>
    includesOf(file).filter((header) => isBreach(file, header)).map((header) => `${file} includes ${header}`));
}

const roomOf = (file) => relative("src", file).split(sep)[0];
const sources = filesUnder("src", [".h", ".cpp"]);
const rooms = new Set(Object.keys(ALLOWED_ROOMS));

describe("the rooms of src", () => {
  it("are the ones that are known here", () => {
    assert.ok(sources.length > 30, `only ${sources.length} sources were found`);
    assert.deepEqual([...new Set(sources.map(roomOf))].sort(), [...rooms].sort());
  });

  it("include only what lies before them", () => {
    const isBreach = (file, header) => {
      const target = header.split("/")[0];
      const isRoom = rooms.has(target) || target === "swt";
      return isRoom && target !== roomOf(file) && !ALLOWED_ROOMS[roomOf(file)].includes(target);
    };
    assert.deepEqual(breaches(sources, isBreach), []);
  });

  for (const [library, pattern, owner] of [
    ["OpenSSL", /^openssl\//, (file) => roomOf(file) === "crypto" || file === REDIS_TLS],
    ["OpenSSL's TLS", /^openssl\/ssl\.h/, (file) => file === REDIS_TLS],
    ["OpenSSL as crypto has it", /^crypto\/openssl\.h/,
      (file) => roomOf(file) === "crypto" || file === REDIS_TLS || file === REDIS_SCRIPT_NAMES],
    ["libsodium", /^sodium/, (file) => roomOf(file) === "crypto"],
    ["hiredis", /^hiredis\//, (file) => file === join("src", "stores", "redis_resp.cpp")],
    ["cJSON", /^cjson\//i, (file) => file.endsWith(join("base", "json_tree.cpp"))],
  ]) {
    it(`keep ${library} where it belongs`, () => {
      assert.deepEqual(breaches(sources, (file, header) => pattern.test(header) && !owner(file)), []);
    });
  }

  // To wait for a socket a clock must be read.
  it('keep extern "C", catch and the clocks in capi, but for the network\'s own', () => {
    const found = sources
      .filter((file) => roomOf(file) !== "capi" && file !== join("src", "stores", "redis_deadline.cpp"))
      .filter((file) => /extern "C"|\bcatch\s*\(|clock_gettime|system_clock|steady_clock|\btime\(/.test(code(file)));
    assert.deepEqual(found, []);
  });

  it("never compare secrets with memcmp, and never allocate by hand", () => {
    const found = sources.filter((file) => /\b(memcmp|strcmp|malloc|calloc|realloc|free)\s*\(|\bdelete\s+\w/.test(code(file)));
    assert.deepEqual(found, []);
  });
});

describe("the Node addon", () => {
  it("knows swt.h and Node-API, and nothing else of the core", () => {
    const files = filesUnder("bindings/node", [".cc", ".h"]);
    assert.ok(files.length > 0);
    const own = new Set(files.map((file) => file.split(sep).at(-1)));
    const standard = /^[a-z_]+$/;
    const isBreach = (_file, header) =>
      !own.has(header) && !standard.test(header) && !["swt/swt.h", "napi.h", "node_api.h"].includes(header);
    assert.deepEqual(breaches(files, isBreach), []);
  });
});

describe("the JavaScript package", () => {
  it("does no cryptography of its own but naming a script by its hash", () => {
    const files = filesUnder("js", [".js", ".mjs"]).filter((file) => !file.endsWith("client.mjs"));
    const using = files.filter((file) => /require\(['"](node:)?crypto['"]\)|from ['"](node:)?crypto['"]/.test(read(file)));
    assert.deepEqual(using, [join("js", "stores", "redis-scripts.js")]);
  });
});

// A source without its comments and texts.
function code(file) {
  return read(file)
    .replace(/R"(\w*)\([\s\S]*?\)\1"/g, '""')
    .replace(/\/\/.*$/gm, "")
    .replace(/"(?!C")(?:[^"\\\n]|\\.)*"/g, '""');
}
