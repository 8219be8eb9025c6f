// node --test idp/

import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { after, before, beforeEach, test } from 'node:test';

import { identityProvider } from './server.mjs';

const server = identityProvider();
let base;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => post('/behave', { mode: 'ok' }));

const get = (path) => fetch(base + path);
const post = (path, body) => fetch(base + path, { method: 'POST', body: body && JSON.stringify(body) });
const jwks = async () => (await get('/jwks.json')).json();
const mint = async (query) => (await (await post(`/token?${query}`)).json()).access_token;
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url'));

function verified(token, keys) {
  const [header, payload, signature] = token.split('.');
  const { alg, kid } = decode(header);
  const jwk = keys.keys.find((key) => key.kid === kid);
  if (!jwk) return undefined;
  assert.equal(jwk.alg, alg);
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  const hash = alg === 'EdDSA' ? null : 'sha256';
  const good = verify(hash, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  return good ? decode(payload) : undefined;
}

for (const alg of ['RS256', 'ES256', 'EdDSA']) {
  test(`a token signed with ${alg} verifies against the published keys`, async () => {
    const claims = verified(await mint(`alg=${alg}&sub=alice&aud=orders&scope=a%20b&roles=x,y`), await jwks());
    assert.equal(claims.sub, 'alice');
    assert.equal(claims.aud, 'orders');
    assert.equal(claims.scope, 'a b');
    assert.deepEqual(claims.roles, ['x', 'y']);
    assert.equal(claims.iss, 'https://idp.example.com');
    assert.equal(claims.exp - claims.iat, 300);
  });
}

const claimRows = [
  ['expired', 'ttl=-60', (c) => assert.equal(c.exp - c.iat, -60)],
  ['not yet valid', 'nbf=60', (c) => assert.equal(c.nbf - c.iat, 60)],
  ['two audiences', 'aud=a&aud=b', (c) => assert.deepEqual(c.aud, ['a', 'b'])],
  ['no audience', 'sub=a', (c) => assert.equal('aud' in c, false)],
  ['another issuer', 'iss=https://evil.example', (c) => assert.equal(c.iss, 'https://evil.example')],
  ['nested claim', `claims=${encodeURIComponent('{"realm":{"roles":["r"]}}')}`, (c) => assert.deepEqual(c.realm.roles, ['r'])],
  ['claim removed', `claims=${encodeURIComponent('{"exp":null}')}`, (c) => assert.equal('exp' in c, false)],
];
for (const [name, query, check] of claimRows) {
  test(`claims: ${name}`, async () => check(verified(await mint(query), await jwks())));
}

const refusedRows = [
  ['unknown algorithm', '/token?alg=none'],
  ['ttl that is no number', '/token?ttl=soon'],
  ['ttl without end', '/token?ttl=1e99'],
  ['claims that are no object', '/token?claims=[]'],
  ['unknown behaviour', '/behave', { mode: 'moody' }],
  ['endless delay', '/behave', { mode: 'ok', delay_ms: 1e12 }],
];
for (const [name, path, body] of refusedRows) {
  test(`refused: ${name}`, async () => {
    const response = await post(path, body);
    assert.equal(response.status, 400);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    assert.ok((await response.json()).detail);
  });
}

test('a form names a token as well as a query', async () => {
  const body = new URLSearchParams({ sub: 'form' });
  const response = await fetch(`${base}/token`, { method: 'POST', body });
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.equal(verified((await response.json()).access_token, await jwks()).sub, 'form');
});

test('keys are public only, cacheable, and say what they are for', async () => {
  const response = await get('/jwks.json');
  assert.equal(response.headers.get('content-type'), 'application/jwk-set+json');
  assert.match(response.headers.get('cache-control'), /max-age=\d+/);
  const { keys } = await response.json();
  assert.deepEqual(keys.map((key) => key.alg), ['RS256', 'ES256', 'EdDSA']);
  for (const key of keys) {
    assert.equal(key.use, 'sig');
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) assert.equal(secret in key, false);
  }
});

test('after a rotation new tokens have a new key and old ones still verify, unless the old keys are forgotten', async () => {
  const old = await mint('sub=old');
  await post('/rotate');
  const published = await jwks();
  assert.ok(verified(old, published));
  const current = await mint('sub=new');
  assert.ok(verified(current, published));
  assert.notEqual(decode(current.split('.')[0]).kid, decode(old.split('.')[0]).kid);
  await post('/rotate?forget=true');
  assert.equal(verified(current, await jwks()), undefined);
});

test('the configuration document leads to the keys', async () => {
  const configuration = await (await get('/.well-known/openid-configuration')).json();
  assert.equal(configuration.issuer, 'https://idp.example.com');
  assert.equal((await fetch(configuration.jwks_uri)).status, 200);
});

test('every fetch of the keys is counted, failed ones too', async () => {
  const count = async () => (await (await get('/stats')).json()).jwks_fetches;
  const before = await count();
  await get('/jwks.json');
  await post('/behave', { mode: '500' });
  await get('/jwks.json');
  assert.equal(await count(), before + 2);
});

const behaviourRows = [
  ['down', () => assert.rejects(get('/jwks.json'))],
  ['500', async () => assert.equal((await get('/jwks.json')).status, 500)],
  ['garbage', async () => assert.rejects((await get('/jwks.json')).json())],
  ['truncated', async () => assert.rejects((await get('/jwks.json')).text())],
  ['huge', async () => assert.ok((await (await get('/jwks.json')).text()).length > 10_000_000)],
  ['html', async () => assert.match((await get('/jwks.json')).headers.get('content-type'), /html/)],
];
for (const [mode, check] of behaviourRows) {
  test(`behaviour: ${mode}`, async () => {
    await post('/behave', { mode });
    await check();
  });
}

test('behaviour: slow answers late but well', async () => {
  await post('/behave', { mode: 'slow', delay_ms: 150 });
  const started = Date.now();
  assert.equal((await jwks()).keys.length > 0, true);
  assert.ok(Date.now() - started >= 145);
});

test('unknown pages, wrong methods and large bodies are refused', async () => {
  assert.equal((await get('/nothing')).status, 404);
  const wrong = await fetch(`${base}/jwks.json`, { method: 'DELETE' });
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get('allow'), 'GET');
  assert.equal((await post('/behave', { padding: 'x'.repeat(100_000) })).status, 413);
});

test('as a program it prints its port and ends when asked', async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./server.mjs', import.meta.url)), '--port', '0']);
  const [line] = await once(child.stdout, 'data');
  const { port } = JSON.parse(line);
  assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
  child.kill('SIGTERM');
  assert.equal((await once(child, 'exit'))[0], 0);
});
