// The signing keys: one per algorithm, made at start, kept in memory only.

import { createHash, generateKeyPairSync, sign } from 'node:crypto';

const ALGORITHMS = {
  RS256: {
    generate: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    sign: (data, key) => sign('sha256', data, key),
  },
  ES256: {
    generate: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    // JWS carries r and s side by side, not as DER (RFC 7518 §3.4).
    sign: (data, key) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }),
  },
  EdDSA: {
    generate: () => generateKeyPairSync('ed25519'),
    sign: (data, key) => sign(null, data, key),
  },
};

/** The members of a key that its thumbprint covers, in the order RFC 7638 §3.2 wants. */
const THUMBPRINT_MEMBERS = { RSA: ['e', 'kty', 'n'], EC: ['crv', 'kty', 'x', 'y'], OKP: ['crv', 'kty', 'x'] };

export class KeyRing {
  #current = new Map();
  #previous = [];

  constructor() {
    this.rotate();
  }

  algorithms() {
    return Object.keys(ALGORITHMS);
  }

  /** New keys; the former ones stay published for tokens still around, unless they are to be forgotten. */
  rotate({ forget = false } = {}) {
    this.#previous = forget ? [] : [...this.#current.values()];
    this.#current = new Map(this.algorithms().map((algorithm) => [algorithm, newKey(algorithm)]));
  }

  /** The public keys (RFC 7517 §5). */
  jwks() {
    return { keys: [...this.#current.values(), ...this.#previous].map(({ jwk }) => jwk) };
  }

  /** A signed token in compact form (RFC 7515 §3.1); `undefined` for an algorithm that is not kept. */
  sign(algorithm, header, claims) {
    const key = this.#current.get(algorithm);
    if (!key) return undefined;
    const signed = [{ alg: algorithm, kid: key.jwk.kid, ...header }, claims].map(encode).join('.');
    const signature = ALGORITHMS[algorithm].sign(Buffer.from(signed), key.privateKey);
    return `${signed}.${signature.toString('base64url')}`;
  }
}

function newKey(algorithm) {
  const { publicKey, privateKey } = ALGORITHMS[algorithm].generate();
  const jwk = publicKey.export({ format: 'jwk' });
  const members = THUMBPRINT_MEMBERS[jwk.kty].map((name) => [name, jwk[name]]);
  const thumbprint = createHash('sha256').update(JSON.stringify(Object.fromEntries(members))).digest('base64url');
  return { privateKey, jwk: { ...jwk, kid: thumbprint, use: 'sig', alg: algorithm } };
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
