// The function backend as a Cloudflare Worker: the CGI program in a fresh instance for each request.
import module from './functions.wasm'
import { run } from './wasi.mjs'

// As in the handler, which says 413 to one byte more.
const MAX_BODY = 256 * 1024

export default {
  async fetch(request, environment) {
    const body = await read(request)
    try {
      return answer(request, run(module, variables(request, environment), body))
    } catch (error) {
      console.error(`the function ended: ${error}`)
      return failed()
    }
  },
}

// The variables of CGI (RFC 3875 §4.1). A field with an underscore would be taken for another one's alias.
function variables(request, { REGION, RUNTIME }) {
  const { pathname, search } = new URL(request.url)
  const fields = [...request.headers].filter(([name]) => !name.includes('_') && name !== 'content-type' && name !== 'content-length')
  return {
    REQUEST_METHOD: request.method,
    REQUEST_URI: pathname + search,
    CONTENT_TYPE: request.headers.get('content-type') ?? '',
    ...Object.fromEntries(fields.map(([name, value]) => [`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, value])),
    REGION: REGION ?? '',
    RUNTIME: RUNTIME ?? 'workers',
  }
}

// Up to one byte more than may be.
async function read({ body }) {
  const pieces = []
  let length = 0
  if (body) {
    for await (const piece of body) {
      pieces.push(piece)
      length += piece.length
      if (length > MAX_BODY) break
    }
  }
  const bytes = new Uint8Array(Math.min(length, MAX_BODY + 1))
  let at = 0
  for (const piece of pieces) {
    const rest = piece.subarray(0, bytes.length - at)
    bytes.set(rest, at)
    at += rest.length
  }
  return bytes
}

// What the program wrote, as a response: the head first (RFC 3875 §6), then the content, in pieces where it slept in between.
function answer(request, written) {
  const [head, pieces] = cut(written)
  const headers = new Headers()
  let status = 200
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()]
    if (name === 'Status') status = Number(value)
    else headers.append(name, value)
  }
  const bodiless = request.method === 'HEAD' || status === 204 || status === 304
  if (bodiless) return new Response(null, { status, headers })
  const paced = pieces.some(({ after }) => after > 0)
  return new Response(paced ? stream(pieces) : joined(pieces), { status, headers })
}

// The head as text, and the pieces behind it.
function cut(written) {
  const all = joined(written)
  const end = new TextDecoder('latin1').decode(all.subarray(0, 64 * 1024)).indexOf('\r\n\r\n')
  if (end < 0) throw new Error('it wrote no head')
  let skip = end + 4
  const pieces = []
  for (const { after, bytes } of written) {
    const rest = bytes.subarray(Math.min(skip, bytes.length))
    skip -= bytes.length - rest.length
    if (rest.length > 0) pieces.push({ after, bytes: rest })
  }
  return [new TextDecoder('latin1').decode(all.subarray(0, end)), pieces]
}

function joined(pieces) {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.bytes.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece.bytes, at)
    at += piece.bytes.length
  }
  return bytes
}

function stream(pieces) {
  const { readable, writable } = new TransformStream()
  const send = async () => {
    const writer = writable.getWriter()
    for (const { after, bytes } of pieces) {
      if (after > 0) await new Promise((done) => setTimeout(done, after))
      await writer.write(bytes)
    }
    await writer.close()
  }
  // A client that is gone takes no more pieces.
  send().catch(() => {})
  return readable
}

function failed() {
  const problem = { type: 'urn:edge:problem:function_failed', title: 'The function failed', status: 503 }
  return new Response(JSON.stringify(problem), {
    status: 503,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  })
}
