import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, mock, test } from 'node:test';

import { createDpopProof, generateDpopKey } from 'secure-web-token/client';

import { derSignature } from '../reference/ecdsa.mjs';

const key = await generateDpopKey();

afterEach(() => {
  mock.restoreAll();
  mock.timers.reset();
  delete globalThis.document;
  delete globalThis.location;
});

function proofFor(url, method = 'GET', options) {
  return createDpopProof(key.privateKey, key.publicKeyJwk, url, method, options);
}

function read(proof) {
  const outer = JSON.parse(Buffer.from(proof, 'base64url'));
  return { ...outer, claims: JSON.parse(outer.payload), der: Buffer.from(outer.signature, 'base64url') };
}

async function signedUrl(url) {
  return read(await proofFor(url)).claims.url;
}

function inPage(href) {
  globalThis.location = { href };
}

describe('the file', () => {
  test('imports nothing, so a page can take it as it is', () => {
    const source = readFileSync(new URL('../../js/client.mjs', import.meta.url), 'utf8');
    assert.doesNotMatch(source, /^\s*import[\s({]|\brequire\(|\bimport\(|\bexport\b.*\bfrom\b/m);
  });
});

describe('generateDpopKey', () => {
  test('gives a private key that cannot be taken out', async () => {
    assert.equal(key.privateKey.type, 'private');
    assert.equal(key.privateKey.extractable, false);
    for (const format of ['jwk', 'pkcs8']) {
      await assert.rejects(crypto.subtle.exportKey(format, key.privateKey), (error) => error instanceof DOMException);
    }
  });

  test('gives a public P-256 JWK with the members of the thumbprint and no others', () => {
    assert.deepEqual(Object.keys(key.publicKeyJwk), ['kty', 'crv', 'x', 'y']);
    assert.equal(key.publicKeyJwk.kty, 'EC');
    assert.equal(key.publicKeyJwk.crv, 'P-256');
    assert.equal(Buffer.from(key.publicKeyJwk.x, 'base64url').length, 32);
    assert.equal(Buffer.from(key.publicKeyJwk.y, 'base64url').length, 32);
  });

  test('gives another key each time', async () => {
    assert.notDeepEqual((await generateDpopKey()).publicKeyJwk, key.publicKeyJwk);
  });

  test('says what is missing where there is no WebCrypto', async () => {
    mock.getter(globalThis, 'crypto', () => ({}));
    await assert.rejects(generateDpopKey(), { name: 'TypeError', message: /https/ });
    await assert.rejects(proofFor('/x'), { name: 'TypeError', message: /https/ });
  });
});

describe('what a proof holds', () => {
  test('is the outer object of the wire format in base64url', async () => {
    const proof = await proofFor('/api/profile');
    assert.match(proof, /^[A-Za-z0-9_-]+$/);
    const { jwk, payload, signature, claims } = read(proof);
    assert.deepEqual(JSON.parse(Buffer.from(proof, 'base64url')), { jwk, payload, signature });
    assert.deepEqual(jwk, key.publicKeyJwk);
    assert.deepEqual(Object.keys(claims), ['url', 'method', 'timestamp', 'jti']);
  });

  test('has the time in whole seconds', async () => {
    mock.timers.enable({ apis: ['Date'], now: 1_767_225_600_999 });
    assert.equal(read(await proofFor('/')).claims.timestamp, 1_767_225_600);
  });

  test('has a jti of 128 random bits, another one in each proof', async () => {
    const proofs = await Promise.all(Array.from({ length: 200 }, () => proofFor('/')));
    const ids = new Set(proofs.map((proof) => read(proof).claims.jti));
    assert.equal(ids.size, 200);
    for (const id of ids) {
      assert.equal(Buffer.from(id, 'base64url').length, 16);
      assert.match(id, /^[A-Za-z0-9_-]{22}$/);
    }
  });

  test('names the access token by its hash, as in RFC 9449', async () => {
    const accessToken = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU';
    const { claims } = read(await proofFor('/', 'GET', { accessToken }));
    assert.equal(claims.ath, createHash('sha256').update(accessToken).digest('base64url'));
    assert.equal(claims.ath, 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo'); // RFC 9449, section 7.1
    assert.equal('ath' in read(await proofFor('/', 'GET', {})).claims, false);
  });

  test('leaves members out of the JWK that a browser or a caller has put in', async () => {
    const publicKeyJwk = { ...key.publicKeyJwk, ext: true, key_ops: ['verify'], alg: 'ES256', d: 'never' };
    const proof = await createDpopProof(key.privateKey, publicKeyJwk, '/', 'GET');
    assert.deepEqual(read(proof).jwk, key.publicKeyJwk);
  });
});

describe('the url', () => {
  test('is path and query for what is relative to the page, and resolved as fetch does', async () => {
    inPage('https://app.example/shop/cart?old=1#top');
    assert.equal(await signedUrl('/api/profile'), '/api/profile');
    assert.equal(await signedUrl('/api/x?y=1&z#part'), '/api/x?y=1&z');
    assert.equal(await signedUrl('items'), '/shop/items');
    assert.equal(await signedUrl('../items'), '/items');
    assert.equal(await signedUrl('?new=2'), '/shop/cart?new=2');
    assert.equal(await signedUrl(''), '/shop/cart?old=1');
    assert.equal(await signedUrl('#part'), '/shop/cart?old=1');
    assert.equal(await signedUrl(' /a b\n'), '/a%20b');
    assert.equal(await signedUrl('/é/%2e%2e/x'), '/x');
    assert.equal(await signedUrl('/a?'), '/a');
    assert.equal(await signedUrl('//app.example/a'), '/a');
    assert.equal(await signedUrl('https:relative'), '/shop/relative');
  });

  test('is resolved against the document\'s base, which <base> moves', async () => {
    inPage('https://app.example/shop/');
    globalThis.document = { baseURI: 'https://app.example/v2/' };
    assert.equal(await signedUrl('items'), '/v2/items');
  });

  test('is absolute for what fetch would send to another origin', async () => {
    inPage('https://app.example/shop/');
    assert.equal(await signedUrl('//api.example/x#part'), 'https://api.example/x');
    assert.equal(await signedUrl('\\\\api.example\\x'), 'https://api.example/x');
    globalThis.document = { baseURI: 'https://api.example/v2/' };
    assert.equal(await signedUrl('items'), 'https://api.example/v2/items');
  });

  test('stays absolute where it is given absolute, normalised and without its fragment', async () => {
    for (const href of [undefined, 'https://app.example/shop/']) {
      if (href !== undefined) inPage(href);
      assert.equal(await signedUrl('https://app.example/api/x?y#z'), 'https://app.example/api/x?y');
      assert.equal(await signedUrl(new URL('https://app.example/api/x#')), 'https://app.example/api/x');
      assert.equal(await signedUrl('HTTPS://APP.example:443/a/../b'), 'https://app.example/b');
      assert.equal(await signedUrl('http://app.example:8080'), 'http://app.example:8080/');
      assert.equal(await signedUrl('http://app.example/a?#b'), 'http://app.example/a');
      assert.equal(await signedUrl('https://bücher.example/ü'), 'https://xn--bcher-kva.example/%C3%BC');
    }
  });

  test('is a path outside of a page', async () => {
    assert.equal(await signedUrl('/api/x?y'), '/api/x?y');
    assert.equal(await signedUrl('/a/../b#c'), '/b');
    assert.equal(await signedUrl('/'), '/');
  });

  test('that fetch would not take, or that names no one place, is refused', async () => {
    const never = [
      'data:text/plain,x', 'file:///etc/passwd', 'javascript:0', 'blob:https://app.example/1', 'ws://app.example/',
      'https://user@app.example/', 'https://user:word@app.example/', 'https://', 'http://a b/', 'https://x:99999/',
      undefined, null, 7, {}, { href: '/x' }, ['/x'],
    ];
    for (const url of never) await assert.rejects(proofFor(url), { name: 'TypeError' }, String(url));
    for (const url of ['', 'api/x', '?x', '//host/x', '/\\host/x', '/\t/host/x']) {
      await assert.rejects(proofFor(url), { name: 'TypeError' }, JSON.stringify(url));
    }
    inPage('https://app.example/');
    for (const url of never) await assert.rejects(proofFor(url), { name: 'TypeError' }, String(url));
    inPage('file:///home/page.html');
    await assert.rejects(proofFor('/x'), { name: 'TypeError' });
    inPage('about:blank');
    await assert.rejects(proofFor('/x'), { name: 'TypeError' });
  });

  test('may be long', async () => {
    const path = `/${'a'.repeat(300_000)}`;
    assert.equal(await signedUrl(path), path);
  });
});

describe('the method', () => {
  test('is written as fetch writes it', async () => {
    for (const method of ['get', 'Head', 'POST', 'put', 'dElEtE', 'options']) {
      assert.equal(read(await proofFor('/', method)).claims.method, method.toUpperCase());
      assert.equal(read(await proofFor('/', method)).claims.method, new Request('http://x/', { method }).method);
    }
    for (const method of ['PATCH', 'patch', 'Patch', 'M-SEARCH', 'QUERY']) {
      assert.equal(read(await proofFor('/', method)).claims.method, method);
    }
  });

  test('that is none is refused', async () => {
    const { privateKey, publicKeyJwk } = key;
    for (const method of ['', ' ', 'GET ', 'GET\r\n', 'GÉT', undefined, null, 7, ['GET']]) {
      const made = createDpopProof(privateKey, publicKeyJwk, '/', method);
      await assert.rejects(made, { name: 'TypeError' }, JSON.stringify(method));
    }
  });
});

describe('other arguments', () => {
  test('that are no keys of this kind are refused', async () => {
    const p384 = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, false, ['sign']);
    const p256 = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    const { publicKeyJwk } = key;
    for (const privateKey of [undefined, null, {}, 'key', publicKeyJwk, p384.privateKey, p256.publicKey]) {
      await assert.rejects(createDpopProof(privateKey, publicKeyJwk, '/', 'GET'), { name: 'TypeError' });
    }
    const otherCurve = { ...publicKeyJwk, crv: 'P-384' };
    for (const jwk of [undefined, null, {}, 'key', otherCurve, { ...publicKeyJwk, y: undefined }]) {
      await assert.rejects(createDpopProof(key.privateKey, jwk, '/', 'GET'), { name: 'TypeError' });
    }
  });

  test('options that are misspelt or hold no token are refused, and the message names them', async () => {
    await assert.rejects(proofFor('/', 'GET', { accesToken: 'x' }), { name: 'TypeError', message: /"accesToken"/ });
    for (const options of [null, 'token', { accessToken: '' }, { accessToken: null }, { accessToken: 7 }]) {
      await assert.rejects(proofFor('/', 'GET', options), { name: 'TypeError' }, JSON.stringify(options));
    }
    assert.equal('ath' in read(await proofFor('/', 'GET', { accessToken: undefined })).claims, false);
  });
});

describe('the signature', () => {
  const publicKey = createPublicKey({ key: key.publicKeyJwk, format: 'jwk' });

  test('is good under node:crypto, three thousand times', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 3000; round += 1) {
      const { payload, der } = read(await proofFor(`/${round}`));
      assert.ok(verify('sha256', Buffer.from(payload), publicKey, der), der.toString('hex'));
    }
  });

  test('is DER for every shape of r and s, from 8 to 72 bytes', async () => {
    const numbers = [
      '01', '7f', '80', 'ff', '0100', '7fff', '8000', '00ff', '7f'.padEnd(62, '0'), '80'.padEnd(62, '0'),
      '01'.padEnd(64, '0'), '7f'.padEnd(64, 'f'), '80'.padEnd(64, '0'), 'f'.repeat(64),
    ];
    const seen = new Set();
    for (const r of numbers) {
      for (const s of numbers) {
        const p1363 = Buffer.from(r.padStart(64, '0') + s.padStart(64, '0'), 'hex');
        mock.method(crypto.subtle, 'sign', async () => new Uint8Array(p1363).buffer);
        const { der } = read(await proofFor('/'));
        mock.restoreAll();
        assert.deepEqual(der, derSignature(BigInt(`0x${r}`), BigInt(`0x${s}`)), `r ${r}, s ${s}`);
        seen.add(der.length);
      }
    }
    assert.equal(Math.min(...seen), 8);
    assert.equal(Math.max(...seen), 72);
  });
});
