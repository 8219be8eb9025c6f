// GET /health and /geo as Node.js serves them, for comparison: node node-function.mjs PORT
import { createServer } from 'node:http'

const DECISIONS = /^(x-geo-|x-edge-|x-user|x-roles|x-jwt-|x-client-)/
const NAMES = new Set(['accept-encoding', 'host', 'x-forwarded-for', 'x-forwarded-proto', 'x-request-id'])

createServer((request, response) => {
  const decided = Object.entries(request.headers).filter(([name]) => DECISIONS.test(name) || NAMES.has(name))
  const answer = request.url === '/health' ? { status: 'ok' } : {
    method: request.method,
    path: request.url,
    headers: Object.fromEntries(decided),
    served_by: { region: null, runtime: 'node' },
    authorization_reached_backend: 'authorization' in request.headers,
    cookie_reached_backend: 'cookie' in request.headers,
  }
  const content = JSON.stringify(answer)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content), 'cache-control': 'no-store' })
  response.end(content)
}).listen(Number(process.argv[2]), '127.0.0.1')
