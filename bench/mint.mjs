// Keys and tokens for the load: node mint.mjs KEYS.json COUNT ALGORITHM > one token per line.
// KEYS.json holds private keys by algorithm; where it's missing they are made, and the public set beside it.
// COUNT 0 makes the keys only.

import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [file, count, algorithm] = process.argv.slice(2);
const ALGORITHMS = {
  RS256: { hash: 'sha256', make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }) },
  ES256: { hash: 'sha256', make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }), options: { dsaEncoding: 'ieee-p1363' } },
  EdDSA: { hash: null, make: () => generateKeyPairSync('ed25519') },
};
// Far enough ahead that tokens made today serve next year.
const EXPIRES = Math.floor(Date.now() / 1000) + 5 * 365 * 86_400;

function makeKeys() {
  const [secret, keys] = [{}, []];
  for (const [alg, { make }] of Object.entries(ALGORITHMS)) {
    const { publicKey, privateKey } = make();
    secret[alg] = privateKey.export({ format: 'pem', type: 'pkcs8' });
    keys.push({ ...publicKey.export({ format: 'jwk' }), alg, kid: alg, use: 'sig' });
  }
  writeFileSync(file, JSON.stringify(secret));
  writeFileSync(file.replace(/\.json$/, '.jwks.json'), JSON.stringify({ keys }));
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(number, key) {
  const { hash, options } = ALGORITHMS[algorithm];
  const claims = { iss: 'https://idp.example.com', aud: 'edge', sub: `user-${number}`, exp: EXPIRES, scope: 'orders.read orders.write', roles: ['staff', 'editor'] };
  const text = `${encode({ alg: algorithm, kid: algorithm, typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${sign(hash, Buffer.from(text), { key, ...options }).toString('base64url')}`;
}

if (!existsSync(file)) makeKeys();
if (Number(count) > 0) {
  const key = createPrivateKey(JSON.parse(readFileSync(file))[algorithm]);
  const lines = [];
  for (let number = 0; number < Number(count); number += 1) lines.push(token(number, key));
  process.stdout.write(`${lines.join('\n')}\n`);
}
