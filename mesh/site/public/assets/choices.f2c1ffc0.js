// What a visitor may choose, and the request that comes of it.

/** The rules that requests which only read come to. */
const READING = { 'jwt-auth': 2, 'rate-limit': 1 };

/**
 * What to ask for. `token` says what jwt-auth does there with `envoy/chain.yaml`: `optional`, `required` or `ignored`; `rules`
 * which of its rules is the first for it, and which of rate-limit's.
 * The path of the style sheet has a hash in it, so the page fills it in.
 */
export const REQUESTS = [
  { id: 'geo', method: 'GET', path: '/geo', token: 'optional', rules: { 'jwt-auth': 1, 'rate-limit': 1 }, label: 'GET /geo', note: 'A Wasm function that repeats what the filters told it.' },
  {
    id: 'compute',
    method: 'POST',
    path: '/aggregate',
    body: '[3, 1, 4, 1, 5, 9]',
    token: 'required',
    rules: { 'jwt-auth': 0, 'rate-limit': 0 },
    label: 'POST /aggregate',
    note: 'A Wasm function that adds numbers up: for tokens with the scope “compute”, five times in ten seconds.',
  },
  { id: 'text', method: 'GET', path: '/text?bytes=65536', token: 'ignored', rules: READING, label: 'GET /text', note: 'A Wasm function that writes 64 KiB of text.' },
  { id: 'orders', method: 'GET', path: '/api/orders.json', token: 'ignored', rules: READING, label: 'GET /api/orders.json', note: 'A data file that nginx serves.' },
  { id: 'style', method: 'GET', path: '/assets/', token: 'ignored', rules: READING, label: 'GET /assets/….css', note: 'This page’s style sheet, with a hash in its name.' },
  { id: 'page', method: 'GET', path: '/', token: 'ignored', rules: READING, label: 'GET /', note: 'This page.' },
];

/** The tokens that the identity provider mints on request; `forged` ones are changed here, after they were signed. */
export const TOKENS = [
  { id: 'none', label: 'None' },
  { id: 'valid', label: 'Valid', query: {} },
  { id: 'expired', label: 'Expired an hour ago', query: { ttl: '-3600' } },
  { id: 'early', label: 'Not valid before tomorrow', query: { nbf: '86000' } },
  { id: 'audience', label: 'For another audience', query: { aud: 'warehouse' } },
  { id: 'issuer', label: 'By another issuer', query: { iss: 'https://idp.example.net' } },
  { id: 'forged', label: 'Tampered with: another name, the old signature', query: {}, forged: true },
  { id: 'garbled', label: 'Not a token at all', value: 'open-sesame' },
];

export const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];

/** Where the visitor is, as the CDN in front would say. The page plays the CDN; `madeUp` is a client that plays it badly. */
export const COUNTRIES = [
  { id: '', label: 'Nobody says' },
  { id: 'DE', label: 'Germany' },
  { id: 'FR', label: 'France' },
  { id: 'KE', label: 'Kenya' },
  { id: 'JP', label: 'Japan' },
  { id: 'BR', label: 'Brazil' },
  { id: 'CA', label: 'Canada' },
  { id: 'US', label: 'United States' },
  { id: 'KP', label: 'North Korea, which may not be served' },
  { id: 'CA-made-up', code: 'CA', label: 'Canada, made up: without the CDN’s secret', madeUp: true },
];

/** No page may choose its browser's Accept-Encoding; `envoy/chain.yaml` takes a demo header for the preference instead. */
export const CODINGS = [
  { id: '', label: 'The filter chooses' },
  { id: 'zstd', label: 'zstd' },
  { id: 'br', label: 'Brotli (br)' },
  { id: 'gzip', label: 'gzip' },
  { id: 'identity', label: 'None (identity)' },
];

/** Parameters of `/idp/token` for a choice of token; `undefined` for what isn't minted. */
export function mintQuery(token, { name, scope, roles, algorithm }) {
  const kind = TOKENS.find(({ id }) => id === token);
  if (!kind?.query) return undefined;
  const parameters = { sub: name, aud: 'edge', scope, roles, alg: algorithm, ...kind.query };
  return new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString();
}

/** The header fields of the request, the token apart. */
export function requestFields({ request, country, coding }) {
  const fields = {};
  if (request.body !== undefined) fields['content-type'] = 'application/json';
  const place = COUNTRIES.find(({ id }) => id === country);
  if (place?.id) fields['cf-ipcountry'] = place.code ?? place.id;
  if (place?.id && !place.madeUp) fields['x-cdn-secret'] = CDN_SECRET;
  if (coding) fields['x-demo-coding'] = coding;
  return fields;
}

/** The same request for a terminal; the token stands in a variable, as tokens should. */
export function asCurl(origin, { request, fields, query, value }) {
  const lines = [];
  if (query !== undefined) {
    lines.push(`TOKEN=$(curl -s -X POST '${origin}/idp/token?${query}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`);
  }
  const flags = request.method === 'GET' ? ['curl -i --compressed'] : [`curl -i --compressed -X ${request.method}`];
  if (query !== undefined) flags.push('-H "authorization: Bearer $TOKEN"');
  if (value !== undefined) flags.push(`-H 'authorization: Bearer ${value}'`);
  for (const [name, field] of Object.entries(fields)) flags.push(`-H '${name}: ${field}'`);
  if (request.body !== undefined) flags.push(`-d '${request.body}'`);
  flags.push(`'${origin}${request.path}'`);
  return [...lines, flags.join(' \\\n  ')].join('\n');
}

/** What `envoy/chain.yaml` wants from the CDN in front. It's the demo's, and no secret. */
const CDN_SECRET = 'demo-cdn';
