/** The public half of a client key as a JWK (RFC 7517), with the members of its thumbprint (RFC 7638) and no others. */
export interface DpopPublicJwk {
  kty: string;
  crv: string;
  x: string;
  y: string;
}

export interface DpopKey {
  publicKeyJwk: DpopPublicJwk;
  /** ECDSA P-256, not extractable. It can be kept in IndexedDB. */
  privateKey: CryptoKey;
}

export interface DpopProofOptions {
  /** The access token that goes with the request: the proof is then good for no other token of the same key. */
  accessToken?: string;
}

/**
 * Makes the key pair that tokens of this login are bound to. The private key cannot be copied out of the browser.
 *
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
export function generateDpopKey(): Promise<DpopKey>;

/**
 * Proves, for one request, that the private key is at hand: the text for the header `x-dpop-proof`. It is good for this
 * url and method, for a few minutes, and for one use.
 *
 * @param url What fetch is given. Relative to the page's own origin it is signed as path and query, else absolute;
 *   never with its fragment.
 * @param method What fetch is given.
 * @throws {TypeError} for an argument that is not what it must be
 *
 * @example
 * const proof = await createDpopProof(key.privateKey, key.publicKeyJwk, '/orders?open=1', 'GET', { accessToken });
 * const response = await fetch('/orders?open=1', {
 *   headers: { authorization: `Bearer ${accessToken}`, 'x-dpop-proof': proof },
 * });
 */
export function createDpopProof(
  privateKey: CryptoKey,
  publicKeyJwk: DpopPublicJwk | JsonWebKey,
  url: string | URL,
  method: string,
  options?: DpopProofOptions,
): Promise<string>;
