// A function in JavaScript: /health, /geo and /aggregate of the handler in Rust, answer by answer. componentize.mjs makes a
// wasi:http component of it.

const PROBLEMS = {
  400: ['not_json', 'The body is not JSON'],
  404: ['not_found', 'Not found'],
  405: ['method_not_allowed', 'Method not allowed'],
  413: ['content_too_large', 'Content too large'],
  415: ['unsupported_media_type', 'Unsupported media type'],
  422: ['unprocessable_content', 'Unprocessable content'],
}
const MAX_BODY = 256 * 1024
const DECISIONS = /^(x-geo-|x-edge-|x-user|x-roles|x-jwt-|x-client-)/
const NAMES = ['accept-encoding', 'host', 'traceparent', 'x-envoy-external-address', 'x-forwarded-for', 'x-forwarded-proto', 'x-request-id']
const READ = 'GET, HEAD, OPTIONS'
const COMPUTE = 'POST, OPTIONS'

class Refusal extends Error {
  constructor(status, detail, more = {}, headers = {}) {
    super(detail)
    Object.assign(this, { status, more, headers })
  }
}

const endpoints = {
  '/health': { allow: READ, answer: () => ({ status: 'ok' }) },
  '/geo': { allow: READ, answer: geo },
  '/aggregate': { allow: COMPUTE, answer: async (request) => aggregate(await json(request)) },
}

addEventListener('fetch', (event) => event.respondWith(respond(event.request)))

async function respond(request) {
  try {
    const endpoint = endpoints[new URL(request.url).pathname]
    if (!endpoint) throw new Refusal(404, 'there is nothing at this path')
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow: endpoint.allow } })
    if (!endpoint.allow.split(', ').includes(request.method)) {
      throw new Refusal(405, `this path answers to ${endpoint.allow}`, {}, { allow: endpoint.allow })
    }
    return content(request, 200, 'application/json', await endpoint.answer(request))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const [slug, title] = PROBLEMS[error.status]
    const problem = { type: `urn:edge:problem:${slug}`, title, status: error.status, detail: error.message, ...error.more }
    return content(request, error.status, 'application/problem+json', problem, error.headers)
  }
}

function content(request, status, type, value, more = {}) {
  const headers = { 'content-type': type, 'cache-control': 'no-store', ...more }
  return new Response(request.method === 'HEAD' ? null : JSON.stringify(value), { status, headers })
}

// What the filters in front decided. Whether a credential came through is said, never the credential.
function geo(request) {
  const { pathname, host } = new URL(request.url)
  const decided = [...request.headers].filter(([name]) => DECISIONS.test(name) || NAMES.includes(name))
  return {
    method: request.method,
    path: pathname,
    headers: { host, ...Object.fromEntries(decided) },
    served_by: { region: null, runtime: 'javascript' },
    authorization_reached_backend: request.headers.has('authorization'),
    cookie_reached_backend: request.headers.has('cookie'),
  }
}

async function json(request) {
  const type = (request.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase()
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength > MAX_BODY) throw new Refusal(413, `the body is larger than ${MAX_BODY} bytes`)
  if (!/^application\/(json|.+\+json)$/.test(type)) throw new Refusal(415, 'the content type must be application/json')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new Refusal(400, `the body is not JSON: ${error.message}`)
  }
}

function aggregate(body) {
  const values = Array.isArray(body) ? body : body?.values
  if (!Array.isArray(values)) throw new Refusal(422, 'expected an array of numbers, or an object with `values`', { pointer: '' })
  values.forEach((value, index) => {
    if (typeof value !== 'number') {
      const pointer = `${Array.isArray(body) ? '' : '/values'}/${index}`
      throw new Refusal(422, `expected a number, found ${value === null ? 'null' : typeof value}`, { pointer })
    }
  })
  const [sum, count] = [values.reduce((sum, value) => sum + value, 0), values.length]
  const [min, max, mean] = count ? [Math.min(...values), Math.max(...values), sum / count] : [null, null, null]
  return { count, sum, min, max, mean }
}
