// Identity provider for the demo and the tests: publishes a JSON Web Key Set and mints tokens for whoever asks.
// It proves nothing about anybody and keeps its keys in memory: never put it in front of anything real.
//
//   node idp/server.mjs [--host 127.0.0.1] [--port 8080] [--issuer https://idp.example.com]
//
// Needs Node.js 18 or newer and no packages. With --port 0 the system chooses; the first line on standard output is
// {"port":…,"issuer":…} once it listens.

import { realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { Behaviour } from './behaviour.mjs';
import { KeyRing } from './keys.mjs';
import { InvalidRequest, mint } from './token.mjs';

const MAX_BODY = 64 * 1024;
const MAX_AGE_SECONDS = 60;

/** A server that is not listening yet. */
export function identityProvider({ issuer = 'https://idp.example.com', logger = () => {} } = {}) {
  const keys = new KeyRing();
  const behaviour = new Behaviour();
  const stats = { jwks_fetches: 0, tokens: 0, rotations: 0 };

  const routes = {
    '/health': { GET: () => json(200, { status: 'ok' }) },
    '/stats': { GET: () => json(200, stats) },
    '/jwks.json': {
      GET: () => {
        stats.jwks_fetches += 1;
        const good = json(200, keys.jwks(), { 'cache-control': `public, max-age=${MAX_AGE_SECONDS}` });
        return behaviour.apply({ ...good, headers: { ...good.headers, 'content-type': 'application/jwk-set+json' } });
      },
    },
    '/.well-known/openid-configuration': {
      GET: ({ base }) => json(200, {
        issuer,
        jwks_uri: `${base}/jwks.json`,
        token_endpoint: `${base}/token`,
        response_types_supported: ['token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: keys.algorithms(),
      }),
    },
    '/token': { GET: token, POST: token },
    '/rotate': {
      POST: ({ query }) => {
        keys.rotate({ forget: query.get('forget') === 'true' });
        stats.rotations += 1;
        return json(200, { keys: keys.jwks().keys.map((key) => key.kid) });
      },
    },
    '/behave': {
      POST: ({ body }) => {
        behaviour.set(parseJson(body));
        return json(200, behaviour.current());
      },
    },
  };

  function token({ query, body, contentType }) {
    const parameters = contentType.startsWith('application/x-www-form-urlencoded')
      ? new URLSearchParams([...query, ...new URLSearchParams(body)])
      : query;
    const minted = mint(parameters, { keys, issuer, now: Math.floor(Date.now() / 1000) });
    stats.tokens += 1;
    return json(200, minted, { 'cache-control': 'no-store' });
  }

  return createServer((request, response) => {
    answer(routes, request)
      .catch((error) => problem(error instanceof InvalidRequest ? 400 : 500, error.message))
      .then((reply) => {
        // No query: it may say who a token is for.
        logger(`${request.method} ${request.url.split('?')[0]} ${reply.status ?? 'connection closed'}`);
        send(request, response, reply);
      })
      .catch(() => response.destroy());
  });
}

async function answer(routes, request) {
  const url = new URL(request.url, 'http://localhost');
  const methods = routes[url.pathname];
  if (!methods) return problem(404, 'no such page');
  const handle = methods[request.method === 'HEAD' ? 'GET' : request.method];
  if (!handle) {
    const reply = problem(405, 'not with this method');
    return { ...reply, headers: { ...reply.headers, allow: Object.keys(methods).join(', ') } };
  }
  const body = await readBody(request);
  if (body === undefined) return problem(413, `more than ${MAX_BODY} bytes`);
  return handle({
    query: url.searchParams,
    body,
    contentType: request.headers['content-type'] ?? '',
    base: `http://${request.headers.host ?? 'localhost'}`,
  });
}

async function readBody(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidRequest('the body is not JSON');
  }
}

function json(status, value, headers = {}) {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

function problem(status, detail) {
  const reply = json(status, { status, detail });
  return { ...reply, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } };
}

/** `status: undefined` closes the connection without an answer; `length` announces more than is sent. */
function send(request, response, { status, headers, body, delay = 0, length }) {
  setTimeout(() => {
    if (status === undefined) {
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { ...headers, 'content-length': length ?? Buffer.byteLength(body) });
    if (length === undefined) {
      response.end(request.method === 'HEAD' ? undefined : body);
    } else {
      response.write(body, () => request.socket.destroy());
    }
  }, delay);
}

function main() {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8080' },
      issuer: { type: 'string', default: 'https://idp.example.com' },
    },
  });
  const server = identityProvider({ issuer: values.issuer, logger: (line) => console.error(line) });
  server.listen(Number(values.port), values.host, () => {
    console.log(JSON.stringify({ port: server.address().port, issuer: values.issuer }));
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      server.close();
      server.closeAllConnections?.();
      process.exit(0);
    });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) main();
