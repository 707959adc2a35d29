/** What tokens are signed and sealed with. */

/**
 * A secret of at least 32 bytes, best 32 random ones in hex, in base64, or as they are; or a key in PEM (RFC 7468): RSA
 * of 2048 to 8192 bits or EC on P-256, PKCS#8, PKCS#1, SEC1 or SubjectPublicKeyInfo, not encrypted. A private key signs
 * and checks, a public key checks. Whatever has a PEM block in it is a PEM and never a secret.
 *
 * One byte repeated and well-known placeholders are refused.
 */
export type SecretText = string | Uint8Array;

/** What tokens are signed and sealed with, wherever it is asked for. */
export type Secret = SecretText | Key | KeyRing;

export interface KeyOptions {
  /**
   * A secret of its own for the encryption. Mandatory with a PEM. Default: the secret serves for both; two are
   * better.
   */
  encryptionSecret?: SecretText;
  /**
   * Accepts a secret under 32 bytes, which can be guessed from one token. For the time in which an application changes
   * its secret, and no longer. Default: false.
   */
  insecureShortSecret?: boolean;
}

/** A key that was prepared by createKey. Nothing of it can be read back. */
declare class Key {
  private constructor();
  #private;
}
export type { Key };

/**
 * Prepares a secret or a PEM key once. What it gives can stand wherever a secret is asked for, and keeps no text of it.
 *
 * @throws {SwtError} kind 'usage', with a sentence that says what is wrong with the key
 *
 * @example
 * const key = createKey(readFileSync('private.pem'), { encryptionSecret: process.env.SWT_ENCRYPTION_SECRET });
 */
export function createKey(secret: SecretText, options?: KeyOptions): Key;

/** One key of a ring. With a Key as `secret`, its options were given to createKey. */
export interface RingKey extends KeyOptions {
  /**
   * The name that tokens say in their header: 1 to 128 visible ASCII characters but " and \. Chosen by you; it must
   * tell nothing of the key (RFC 7515 section 4.1.4).
   */
  kid: string;
  secret: SecretText | Key;
}

export interface AcceptedKey extends RingKey {
  /** Its tokens are accepted until this moment. Default: without end. */
  until?: Date;
}

/** At most four secrets and at most four PEM keys. */
export interface KeyRingDefinition {
  /** The key that signs; it is accepted too. Without one the ring can only verify. */
  signer?: RingKey;
  /**
   * Keys whose tokens are accepted. A token without kid, from before there was a ring, is tried with them in this
   * order.
   */
  accepted?: AcceptedKey[];
}

/**
 * Several keys under their names: one signs, the others are accepted, each until its date. So a key is changed without
 * logging anybody out. A change reaches everything that uses the ring, a middleware too.
 *
 * To change a key: the new one as signer, the old one accepted until the last token that it signed has expired. Where
 * processes take that up one after the other, first accept the new key everywhere, then let it sign.
 *
 * @example
 * const keys = new KeyRing({
 *   signer: { kid: '2026-11', secret: process.env.SWT_SECRET },
 *   accepted: [{ kid: '2026-05', secret: process.env.SWT_OLD_SECRET, until: new Date('2026-12-01') }],
 * });
 */
export class KeyRing {
  /** @throws {SwtError} kind 'usage' for an empty ring, a kid that is malformed or there twice, a key that is none */
  constructor(definition: KeyRingDefinition);
  /**
   * Other keys from now on. What has begun is completed with the keys of its begin.
   *
   * @throws {SwtError} kind 'usage' for what is no good ring, or one with a killed key; nothing has changed then
   */
  replace(definition: KeyRingDefinition): void;
  /**
   * Stops accepting a key now and for good, for one that got out, also one that the ring does not have. When it is the
   * signer's, nothing is signed until the ring is replaced. It is known in this process, or worker thread, only.
   *
   * @throws {SwtError} code 'key_id' for what cannot be a kid
   */
  kill(kid: string): void;
  #private;
}
