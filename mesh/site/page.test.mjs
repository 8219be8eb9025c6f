// node --test mesh/site/ : what the page makes of header fields, without a browser.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

const assets = new URL('./public/assets/', import.meta.url);
const load = (name) => import(new URL(readdirSync(assets).find((file) => new RegExp(`^${name}\\.\\w+\\.js$`).test(file)), assets));
const { challenge, directives, explanation, namedList, pieces } = await load('fields');
const { fullAfter, leftAfter, quotas } = await load('quota');
const { asCurl, mintQuery, requestFields, REQUESTS, TOKENS } = await load('choices');
const { answeredBy, outcomes, silence, verdict } = await load('verdict');
const { backend, bytes, coding, duration, identity, keeping, keepingInWords, place } = await load('cards');
const { claimsOf, tamperedWith } = await load('tokens');
const { burst } = await load('pace');
const { decidedBy, placeOf } = await load('rules');
const { choicesOf, queryOf } = await load('link');

const answer = (status, fields = {}, content = '') => ({
  status,
  statusText: '',
  field: (name) => fields[name] ?? null,
  text: typeof content === 'string' ? content : JSON.stringify(content),
  bytes: 1000,
  sent: 400,
});
const problem = { 'content-type': 'application/problem+json' };
const counted = { ratelimit: '"a";r=1', 'ratelimit-policy': '"a";q=5;w=1' };
const routed = { 'x-edge-geo': 'country=US; source=header; rule=3; decision=route; region=us', 'x-edge-upstream': 'edge-us' };

const rows = (name, read, table) => {
  for (const [row, text, expected] of table) test(`${name}: ${row}`, () => assert.deepEqual(read(text), expected));
};

rows('pieces', (text) => pieces(text, ','), [
  ['nothing', '', []],
  ['space and empty members', ' a ,, b', ['a', 'b']],
  ['a separator in a string', '"a,b", c', ['"a,b"', 'c']],
  ['an escaped quotation mark', '"a\\",b", c', ['"a\\",b"', 'c']],
  ['a string without end', '"a, b', ['"a, b']],
  ['a lone backslash at the end', '"a\\', ['"a\\']],
]);

rows('named list', namedList, [
  ['no field', null, []],
  ['strings with parameters', '"a";q=5;w=1, "b";q=9', [{ name: 'a', q: '5', w: '1' }, { name: 'b', q: '9' }]],
  ['a semicolon in a name', '"a;b";r=0', [{ name: 'a;b', r: '0' }]],
  ['a parameter called name', '"a";name="b"', [{ name: 'a' }]],
]);

rows('explanation', explanation, [
  ['no field', null, {}],
  ['pairs only', 'country=US; rule=3', { country: 'US', rule: '3' }],
  ['a value first', 'identity; reason=too_small; asked=br', { value: 'identity', reason: 'too_small', asked: 'br' }],
  ['a quoted value', '"rule 2"; guards="a; b"', { value: 'rule 2', guards: 'a; b' }],
  ['an empty value', '""', { value: '' }],
]);

rows('directives', directives, [
  ['no field', null, {}],
  ['with and without values', 'Public, max-age=60', { public: true, 'max-age': '60' }],
  ['a quoted list', 'private="a, b"', { private: 'a, b' }],
]);

rows('challenge', challenge, [
  ['no field', null, { scheme: '' }],
  ['a scheme alone', 'Bearer', { scheme: 'Bearer' }],
  ['parameters', 'Bearer realm="edge", error="invalid_token", error_description="It, then, expired"',
    { scheme: 'Bearer', realm: 'edge', error: 'invalid_token', error_description: 'It, then, expired' }],
]);

const quotasOf = (fields) => quotas((name) => fields[name] ?? null);
rows('quotas', quotasOf, [
  ['none', {}, []],
  ['a bucket', { 'ratelimit-policy': '"a";q=100;w=10', ratelimit: '"a";r=40;t=1' },
    [{ name: 'a', limit: 100, window: 10, left: 40, refill: { each: 10 } }]],
  ['a window of a service', {
    'ratelimit-policy': '"site";q=10;w=1, "compute";q=5;w=10', ratelimit: '"site";r=9;t=1, "compute";r=0;t=7',
    'x-ratelimit-limit': '5, 5;w=10;name="compute"', 'x-ratelimit-reset': '7',
  }, [
    { name: 'site', limit: 10, window: 1, left: 9, refill: { each: 10 } },
    { name: 'compute', limit: 5, window: 10, left: 0, refill: { after: 7 } },
  ]],
  ['more left than there can be', { 'ratelimit-policy': '"a";q=5;w=1', ratelimit: '"a";r=9' },
    [{ name: 'a', limit: 5, window: 1, left: 5, refill: { each: 5 } }]],
  ['a policy that nothing is said of', { 'ratelimit-policy': '"a";q=5;w=1', ratelimit: '"b";r=1' }, []],
  ['no numbers', { 'ratelimit-policy': '"a";q=x', ratelimit: '"a";r=-1' }, []],
]);

const bucket = { limit: 100, left: 40, refill: { each: 10 } };
const service = { limit: 5, left: 0, refill: { after: 7 } };
for (const [name, quota, seconds, left, full] of [
  ['a bucket at once', bucket, 0, 40, 6],
  ['a bucket half a second later', bucket, 0.5, 45, 6],
  ['a bucket is never more than full', bucket, 60, 100, 6],
  ['a clock that went back takes nothing', bucket, -5, 40, 6],
  ['a window stays as it is', service, 6.9, 0, 7],
  ['and then is full', service, 7, 5, 7],
  ['what is full needs no time', { ...bucket, left: 100 }, 0, 100, 0],
]) {
  test(`refill: ${name}`, () => assert.deepEqual([leftAfter(quota, seconds), fullAfter(quota)], [left, full]));
}

for (const [name, given, by, tone, title] of [
  ['an answer', answer(200, { ...counted, ...routed }), 'backend', 'good', '200 OK from edge-us'],
  ['no such page', answer(404, { ...counted, ...routed }), 'backend', 'failed', '404 Not Found from edge-us'],
  ['no token', answer(401, problem, { type: 'urn:edge-filters:problem:token_missing', title: 'A token is required' }),
    'jwt-auth', 'refused', '401 Unauthorized: refused by jwt-auth'],
  ['no keys', answer(503, problem, { type: 'urn:edge-filters:problem:keys_unavailable', title: 'No keys' }),
    'jwt-auth', 'failed', '503 Service Unavailable: not decided by jwt-auth'],
  ['over the quota', answer(429, { ...problem, ...counted }, { type: 'https://iana.org/x#quota-exceeded' }),
    'rate-limit', 'refused', '429 Too Many Requests: refused by rate-limit'],
  ['a blocked country', answer(451, { ...problem, ...counted, 'x-edge-geo': 'country=KP; rule=1; decision=block' },
    { type: 'urn:edge-filters:problem:country_blocked' }), 'geo-routing', 'refused', '451 Unavailable For Legal Reasons: refused by geo-routing'],
  ['a problem of the function', answer(400, { ...problem, ...counted, ...routed, 'x-envoy-upstream-service-time': '1' },
    { type: 'urn:edge:problem:bad_input' }), 'backend', 'failed', '400 Bad Request from edge-us'],
  ['nobody behind the edge', answer(503, { ...counted, ...routed, 'content-type': 'text/plain' }, 'upstream connect error'),
    'envoy', 'failed', '503 Service Unavailable: edge-us can’t be reached'],
  ['a backend that says 503 itself', answer(503, { ...counted, ...routed, 'x-envoy-upstream-service-time': '1' }),
    'backend', 'failed', '503 Service Unavailable from edge-us'],
  ['a problem document that is none', answer(401, problem, 'oops'), 'backend', 'failed', '401 Unauthorized from the backend'],
]) {
  test(`verdict: ${name}`, () => {
    assert.equal(answeredBy(given), by);
    assert.equal(verdict(given).tone, tone);
    assert.equal(verdict(given).title, title);
  });
}

test('filters behind the one that refused were not reached', () => {
  const refused = answer(429, { ...problem, ...counted }, { type: 'x' });
  assert.deepEqual(Object.values(outcomes(refused)), ['passed', 'refused', 'unreached', 'unreached', 'unreached']);
  assert.deepEqual(new Set(Object.values(outcomes(answer(200)))), new Set(['passed']));
});

test('what never became an answer is told apart', () => {
  const titles = [{ name: 'NotMinted' }, { name: 'NotMinted', status: 429 }, new TypeError('failed')].map((error) => silence(error).title);
  assert.equal(new Set(titles).size, 3);
});

rows('keeping', keepingInWords, [
  ['nothing said', null, 'are told nothing, and guess'],
  ['no-store outweighs the rest', 'no-store, max-age=60', 'may not keep it'],
  ['an immutable asset', 'public, max-age=31536000, immutable', 'keep it for 1 year and never ask again'],
  ['a page', 'no-cache', 'keep it, and ask before each use'],
  ['a CDN', 'max-age=60, stale-while-revalidate=3600', 'keep it for 1 minute and a stale copy for another 1 hour while they renew it'],
  ['somebody’s own', 'private, max-age=0', 'keep it for 0 seconds but no shared cache may'],
]);

rows('duration', duration, [['seconds', 59, '59 seconds'], ['a minute', 60, '1 minute'], ['days', 172_800, '2 days'], ['none', 0, '0 seconds']]);
rows('bytes', bytes, [['few', 1023, '1023 bytes'], ['some', 10_240, '10.0 KiB'], ['many', 1_048_576, '1024 KiB']]);

test('the card of the token says what the function was told', () => {
  const told = { authorization_reached_backend: false, headers: { 'x-user': 'alice', 'x-roles': 'reader' } };
  const card = identity(answer(200, {}, told), 'passed', REQUESTS[0], { token: 'x', claims: { sub: 'alice', exp: 1 } });
  assert.equal(card.headline, 'Verified: this is alice');
  assert.deepEqual(Object.fromEntries(card.facts)['Function sees'], 'x-user: alice\nx-roles: reader');
  const refused = answer(401, { ...problem, 'www-authenticate': 'Bearer error="invalid_token", error_description="The token has expired"' }, {});
  assert.equal(identity(refused, 'refused', REQUESTS[0], {}).headline, 'The token has expired');
  assert.equal(identity(answer(200, {}, told), 'passed', { token: 'ignored' }, {}).headline, 'Here everybody may read, with or without a token');
});

for (const [name, said, country, expected] of [
  ['known', 'country=US; source=header; rule=3; decision=route; region=us', undefined, 'United States: served by region us'],
  ['unknown', 'country=unknown; rule=3; decision=route; region=eu', undefined, 'From nobody knows where: region eu, the fallback'],
  ['made up', 'country=unknown; rule=3; decision=route; region=eu', { madeUp: true }, 'Not believed: no CDN vouches for it. Region eu, the fallback'],
  ['for everybody', 'country=unknown; rule=0; decision=pass', undefined, 'The same for everybody, wherever they are'],
]) {
  test(`place: ${name}`, () => assert.equal(place(answer(200, { 'x-edge-geo': said }), 'passed', country).headline, expected));
}

for (const [name, fields, expected] of [
  ['saved', { 'content-encoding': 'br' }, 'br saves 60 %: 1000 bytes become 400 bytes'],
  ['plain, with a reason', { 'x-edge-coding': 'identity; reason=too_small; asked=br' }, 'Sent as it is: too small to gain by it'],
  ['plain, without', {}, 'Sent as it is'],
]) {
  test(`coding: ${name}`, () => assert.equal(coding(answer(200, fields), '').headline, expected));
}
test('a browser that does not offer the wished coding is told so', () => {
  assert.ok(coding(answer(200), 'zstd').facts.some(([, text]) => text === 'your browser offers no zstd here'));
  assert.ok(!coding(answer(200, { 'content-encoding': 'zstd' }), 'zstd').facts.some(([term]) => term === 'Not as wished'));
});

test('the card of the backend says where a function runs', () => {
  const told = { authorization_reached_backend: false, headers: {}, served_by: { region: 'us', runtime: 'wasmtime' } };
  const card = backend({ ...answer(200, routed, told), milliseconds: 4.2 }, 'answered', REQUESTS[0]);
  assert.equal(card.headline, 'edge-us answered, after 4 ms');
  assert.deepEqual(card.facts, [['Asked for', 'GET /geo'], ['Region', 'us'], ['Runtime', 'wasmtime']]);
  const helped = backend({ ...answer(200, { ...routed, 'x-edge-geo': 'decision=route; region=eu' }, told), milliseconds: 1 }, 'answered', REQUESTS[0]);
  assert.equal(Object.fromEntries(helped.facts).Region, 'us, in place of eu');
  assert.match(backend({ ...answer(503, routed), milliseconds: 1 }, 'failed', REQUESTS[0]).headline, /^edge-us didn’t answer/);
});

test('a rule that set nothing is not claimed', () => {
  const facts = (said) => Object.fromEntries(keeping(answer(200, { 'x-edge-cache': said })).facts)['Decided by'];
  assert.match(facts('""'), /^no rule/);
  assert.equal(facts('"rule 2"; cache-control=set'), undefined);
});

const details = { name: 'al ice', scope: 'a b', roles: '', algorithm: 'ES256' };
rows('token request', (token) => mintQuery(token, details), [
  ['none', 'none', undefined],
  ['garbled ones are not minted', 'garbled', undefined],
  ['valid', 'valid', 'sub=al+ice&aud=edge&scope=a+b&alg=ES256'],
  ['for others', 'audience', 'sub=al+ice&aud=warehouse&scope=a+b&alg=ES256'],
  ['expired', 'expired', 'sub=al+ice&aud=edge&scope=a+b&alg=ES256&ttl=-3600'],
]);

rows('request fields', (choice) => requestFields({ request: REQUESTS[0], coding: '', ...choice }), [
  ['nothing', { country: '' }, {}],
  ['a country that the CDN vouches for', { country: 'DE' }, { 'cf-ipcountry': 'DE', 'x-cdn-secret': 'demo-cdn' }],
  ['one that is made up', { country: 'CA-made-up' }, { 'cf-ipcountry': 'CA' }],
  ['a coding', { country: '', coding: 'br' }, { 'x-demo-coding': 'br' }],
]);

test('the command is one that a shell understands, and keeps the token in a variable', () => {
  const command = asCurl('http://localhost:10000', {
    request: REQUESTS[1], fields: { 'content-type': 'application/json' }, query: 'sub=al%27ice', value: undefined,
  });
  assert.match(command, /^TOKEN=\$\(curl -s -X POST 'http:\/\/localhost:10000\/idp\/token\?sub=al%27ice'/);
  assert.match(command, /-H "authorization: Bearer \$TOKEN" \\\n {2}-H 'content-type: application\/json' \\\n {2}-d '\[3, 1/);
});

test('a token that was tampered with keeps all but the name', () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none' })}.${part({ sub: 'älice', exp: 1 })}.signature`;
  assert.deepEqual(claimsOf(tamperedWith(token)), { sub: 'mallory', exp: 1 });
  assert.equal(tamperedWith(token).split('.')[2], 'signature');
  assert.equal(claimsOf(token).sub, 'älice');
  assert.equal(claimsOf('open-sesame'), undefined);
});

test('a burst ends where it is refused, or at its limit', async () => {
  let calls = 0;
  assert.ok(await burst(async () => (calls += 1) === 10, { most: 400, atOnce: 3 }) <= 12);
  assert.equal(await burst(async () => false, { most: 20, atOnce: 6 }), 20);
});

test('each kind of token has a label, and only minted ones a query', () => {
  for (const kind of TOKENS) assert.ok(kind.label && (kind.id === 'none' || Boolean(kind.query) !== Boolean(kind.value)), kind.id);
});

const decision = (fields, { request = REQUESTS[0], coding = '', status = 200, content = '' } = {}) => decidedBy(answer(status, fields, content), { request, coding });
for (const [name, given, filter, expected] of [
  ['who reads with a token', decision({}), 'jwt-auth', ['rules[1]']],
  ['who computes', decision({}, { request: REQUESTS[1] }), 'jwt-auth', ['rules[0]']],
  ['what counted', decision(counted), 'rate-limit', ['rules[1]', 'policies.a']],
  ['what refused', decision({ ...problem, ...counted, 'ratelimit-policy': '"a";q=5, "b";q=9' }, { status: 429, content: { 'violated-policies': ['b'] } }),
    'rate-limit', ['rules[1]', 'policies.b']],
  ['a region', decision(routed), 'geo-routing', ['rules[3]']],
  ['no word of a country', decision({}), 'geo-routing', []],
  ['a coding by preference', decision({ 'x-edge-coding': 'zstd; asked=zstd' }), 'compression-negotiation', ['prefer']],
  ['a coding by wish', decision({}, { coding: 'br' }), 'compression-negotiation', ['rules[1]']],
  ['too little to encode', decision({ 'x-edge-coding': 'identity; reason=too_small; asked=br' }, { coding: 'br' }), 'compression-negotiation', ['min_length']],
  ['a rule for caches', decision({ 'x-edge-cache': '"rule 2"; cache-control=set' }), 'cache-headers', ['rules[2]']],
  ['no rule for caches', decision({ 'x-edge-cache': '""' }), 'cache-headers', []],
]) {
  test(`decided: ${name}`, () => assert.deepEqual(given[filter], expected));
}

rows('place of an entry', (entry) => placeOf('jwt-auth', entry), [
  ['a rule', 'rules[1]', '/policy.html#jwt-auth.rules.1'],
  ['a policy', 'policies.site', '/policy.html#jwt-auth.policies.site'],
]);

const atFirst = { request: 'geo', token: 'valid', subject: 'alice' };
const may = { options: { request: ['geo', 'page'], token: ['none', 'valid'] }, lengths: { subject: 8 } };
rows('choices of a link', (query) => choicesOf(query, atFirst, may), [
  ['nothing', '', atFirst],
  ['a choice and a text', '?request=page&subject=b%C3%B6b', { ...atFirst, request: 'page', subject: 'böb' }],
  ['an empty text', '?subject=', { ...atFirst, subject: '' }],
  ['what can’t be chosen', '?request=other&token=', atFirst],
  ['a text too long', '?subject=123456789', atFirst],
  ['names of nothing', '?n=1&__proto__=x&constructor=y', atFirst],
  ['the last one of several', '?token=none&token=valid&request=page', { ...atFirst, request: 'page' }],
]);

test('a link holds what was changed, and brings it back', () => {
  const choices = { ...atFirst, request: 'page', subject: 'a&b=c' };
  assert.equal(queryOf(choices, atFirst), 'request=page&subject=a%26b%3Dc');
  assert.deepEqual(choicesOf(queryOf(choices, atFirst), atFirst, may), choices);
  assert.equal(queryOf(atFirst, atFirst), '');
});
