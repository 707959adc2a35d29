/**
 * The browser's half of secure-web-token: a key pair that cannot be copied out of the browser, and a proof for each
 * request that the key is at hand.
 *
 * Plain JavaScript without imports: a page, a worker or a bundler takes this file as it is.
 *
 * @module secure-web-token/client
 */

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };
const NUMBER_LENGTH = 32;
const JTI_LENGTH = 16;

/** The methods that fetch itself writes in upper case; it sends every other one as it was given. */
const UPPERCASED_BY_FETCH = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** RFC 9110, section 5.6.2. */
const HTTP_TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Outside of a page a path has nothing to be resolved against; this host is never part of a proof. */
const NO_PAGE = 'http://no-page.invalid';

/**
 * Makes the key pair that tokens of this login are bound to.
 *
 * The private key is not extractable: scripts can use it while they run in the page, and cannot take it away. To keep
 * it over a reload, put the CryptoKey itself into IndexedDB.
 *
 * @returns {Promise<{ publicKeyJwk: { kty: string, crv: string, x: string, y: string }, privateKey: CryptoKey }>}
 * @throws {TypeError} where WebCrypto is missing: a page needs https or localhost
 *
 * @example
 * const key = await generateDpopKey();
 * await fetch('/login', {
 *   method: 'POST',
 *   headers: { 'content-type': 'application/json' },
 *   body: JSON.stringify({ name, password, publicKeyJwk: key.publicKeyJwk }),
 * });
 */
export async function generateDpopKey() {
  const { subtle } = webCrypto();
  const pair = await subtle.generateKey(KEY_ALGORITHM, false, ['sign', 'verify']);
  const publicKeyJwk = publicMembers(await subtle.exportKey('jwk', pair.publicKey));
  return { publicKeyJwk, privateKey: pair.privateKey };
}

/**
 * Proves, for one request, that the private key is at hand. Send the result as the header `x-dpop-proof`. It is good
 * for this url and method, for a few minutes, and for one use: make a new one for each request, also when one is
 * repeated.
 *
 * @param {CryptoKey} privateKey from generateDpopKey
 * @param {{ kty: string, crv: string, x: string, y: string }} publicKeyJwk from generateDpopKey
 * @param {string | URL} url what fetch is given. Relative to the page's own origin it is signed as path and query, else
 *   absolute; never with its fragment.
 * @param {string} method what fetch is given
 * @param {{ accessToken?: string }} [options] accessToken: the token that goes with the request. A proof that names its
 *   token is good for no other token of the same key.
 * @returns {Promise<string>}
 * @throws {TypeError} for an argument that is not what it must be
 *
 * @example
 * const proof = await createDpopProof(key.privateKey, key.publicKeyJwk, '/orders?open=1', 'GET', { accessToken });
 * const response = await fetch('/orders?open=1', {
 *   headers: { authorization: `Bearer ${accessToken}`, 'x-dpop-proof': proof },
 * });
 */
export async function createDpopProof(privateKey, publicKeyJwk, url, method, options = {}) {
  checkPrivateKey(privateKey);
  const jwk = publicMembers(publicKeyJwk);
  const accessToken = accessTokenOf(options);
  const crypto = webCrypto();

  const claims = {
    url: signedUrl(url),
    method: signedMethod(method),
    timestamp: Math.floor(Date.now() / 1000),
    jti: base64url(crypto.getRandomValues(new Uint8Array(JTI_LENGTH))),
  };
  if (accessToken !== undefined) {
    claims.ath = base64url(await crypto.subtle.digest('SHA-256', bytesOf(accessToken))); // RFC 9449, section 4.2
  }

  // The server checks the signature over exactly this text, so it travels as text and not as an object.
  const payload = JSON.stringify(claims);
  const signature = await crypto.subtle.sign(SIGNATURE_ALGORITHM, privateKey, bytesOf(payload));
  return base64url(bytesOf(JSON.stringify({ jwk, payload, signature: base64url(derFromP1363(signature)) })));
}

function webCrypto() {
  const { crypto } = globalThis;
  if (!crypto?.subtle) {
    throw new TypeError('WebCrypto is not available: serve the page over https, or from localhost');
  }
  return crypto;
}

function checkPrivateKey(key) {
  const fits = key?.type === 'private' && key.algorithm?.name === 'ECDSA' && key.algorithm.namedCurve === 'P-256';
  if (!fits) throw new TypeError('privateKey must be the private CryptoKey (ECDSA, P-256) that generateDpopKey made');
}

/** Only what the thumbprint is made of (RFC 7638): browsers add members of their own, and differ in them. */
function publicMembers(jwk) {
  const { kty, crv, x, y } = jwk ?? {};
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') {
    throw new TypeError('publicKeyJwk must be the public key (EC, P-256) that generateDpopKey made');
  }
  return { kty, crv, x, y };
}

function accessTokenOf(options) {
  if (options === null || typeof options !== 'object') throw new TypeError('options must be an object');
  const unknown = Object.keys(options).find((name) => name !== 'accessToken');
  if (unknown !== undefined) throw new TypeError(`createDpopProof has no option named ${JSON.stringify(unknown)}`);

  const { accessToken } = options;
  if (accessToken === undefined) return undefined;
  // A login that failed leaves '' or null behind: without this the proof would silently be good for any token.
  if (typeof accessToken !== 'string' || accessToken === '') throw new TypeError('accessToken must be a text');
  return accessToken;
}

function signedMethod(method) {
  if (typeof method !== 'string' || !HTTP_TOKEN.test(method)) throw new TypeError('method must be an HTTP method');
  const upper = method.toUpperCase();
  return UPPERCASED_BY_FETCH.has(upper) ? upper : method;
}

/**
 * The url that fetch will ask for. Within the page's own origin only path and query of it: behind a proxy a server may
 * not know under which scheme and host the page reached it.
 */
function signedUrl(input) {
  const given = input instanceof URL ? input.href : input;
  if (typeof given !== 'string') throw new TypeError('url must be a string or a URL');

  const { url, local } = resolveAsFetch(given);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('url must be an http or https url');
  if (url.username !== '' || url.password !== '') throw new TypeError('url must not hold a user name or a password');

  url.hash = ''; // fetch keeps the fragment to itself
  if (url.search === '') url.search = ''; // removes a bare "?", which some clients send and others do not
  return local ? url.href.slice(url.origin.length) : url.href;
}

/**
 * @param {string} given
 * @returns {{ url: URL, local: boolean }} local: given without scheme and host, and within the page's own origin
 */
function resolveAsFetch(given) {
  const absolute = parseUrl(given);
  const { document, location } = globalThis;
  // A <base> in the page holds for fetch too. A worker of Deno has its file's place for a location: that is no page.
  const base = document?.baseURI ?? (location?.protocol === 'file:' ? undefined : location?.href);

  if (base !== undefined) {
    const url = parseUrl(given, base);
    if (url === null) throw new TypeError('url cannot be resolved against this page');
    // "https:a" is relative on an https page and absolute elsewhere: what came out tells.
    const local = url.href !== absolute?.href && url.origin === parseUrl(location?.href)?.origin;
    return { url, local };
  }

  if (absolute !== null) return { url: absolute, local: false };
  const url = given.startsWith('/') ? parseUrl(given, NO_PAGE) : null;
  // "//host/path" starts like a path, and names a host.
  if (url?.origin !== NO_PAGE) throw new TypeError('url must be an http or https url or, outside of a page, a path');
  return { url, local: true };
}

function parseUrl(text, base) {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/**
 * WebCrypto gives r and s side by side, 32 bytes each (IEEE P1363); the wire format has the DER of RFC 3279,
 * section 2.2.3: SEQUENCE { INTEGER r, INTEGER s }, 8 to 72 bytes.
 */
function derFromP1363(signature) {
  const bytes = new Uint8Array(signature);
  const r = derInteger(bytes.subarray(0, NUMBER_LENGTH));
  const s = derInteger(bytes.subarray(NUMBER_LENGTH));
  return Uint8Array.from([0x30, r.length + s.length, ...r, ...s]);
}

function derInteger(bigEndian) {
  const first = bigEndian.findIndex((byte) => byte !== 0);
  const digits = bigEndian.subarray(first === -1 ? NUMBER_LENGTH - 1 : first); // DER has no leading zeros …
  const padding = digits[0] & 0x80 ? [0] : []; // … but one where the number would read as negative
  return [0x02, padding.length + digits.length, ...padding, ...digits];
}

function base64url(buffer) {
  const text = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(text) {
  return new TextEncoder().encode(text);
}
