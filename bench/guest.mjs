// What one request costs inside a module: the module in Node's V8, with a host that does as little as it can.
//
//     node --no-liftoff guest.mjs MODULE < SPECIFICATION     (guest.py writes it)
//
// Prints JSON: nanoseconds per request, the best of many short runs, since a busy machine only ever makes it slower; and
// the host calls of one request.
import fs from 'node:fs';

const { configuration, request, response, properties, now } = JSON.parse(fs.readFileSync(0));
const module = new WebAssembly.Module(fs.readFileSync(process.argv[2]));
const [OK, NOT_FOUND] = [0, 1];
const encode = (text) => new TextEncoder().encode(text);
let wasm, bytes, view;

/** Memory may have grown. */
function look() {
  if (bytes?.buffer !== wasm.memory.buffer) {
    bytes = new Uint8Array(wasm.memory.buffer);
    view = new DataView(wasm.memory.buffer);
  }
}

const text = (at, length) => {
  look();
  return Buffer.from(bytes.buffer, at, length).toString('latin1');
};

/** Hands bytes over, in memory that the module allocates. */
function give(value, addressAt, lengthAt) {
  if (!value) return NOT_FOUND;
  const address = wasm.proxy_on_memory_allocate(value.length);
  look();
  bytes.set(value, address);
  view.setUint32(addressAt, address, true);
  view.setUint32(lengthAt, value.length, true);
  return OK;
}

/** Header fields as the ABI has them: their number, their lengths, themselves. */
function pairs(fields) {
  const parts = fields.flatMap((field) => field.map(encode));
  const numbers = new Uint32Array([fields.length, ...parts.map((part) => part.length)]);
  return Buffer.concat([Buffer.from(numbers.buffer), ...parts.flatMap((part) => [part, Buffer.from([0])])]);
}

const [requestPairs, responsePairs, document] = [pairs(request), pairs(response), encode(JSON.stringify(configuration))];
const known = new Map(Object.entries(properties).map(([path, value]) => [path.replaceAll('.', '\0'), encode(value)]));
const shared = new Map();
let [version, metric] = [0, 0];

const host = {
  proxy_get_current_time_nanoseconds: (at) => (look(), view.setBigUint64(at, BigInt(now) * 1000000000n, true), OK),
  proxy_get_header_map_pairs: (map, ...to) => give(map === 0 ? requestPairs : responsePairs, ...to),
  proxy_get_buffer_bytes: (_buffer, _start, _most, ...to) => give(document, ...to),
  proxy_get_property: (path, length, ...to) => give(known.get(text(path, length)), ...to),
  proxy_get_shared_data(key, length, addressAt, lengthAt, versionAt) {
    const found = shared.get(text(key, length));
    if (found) view.setUint32(versionAt, found.version, true);
    return give(found?.value, addressAt, lengthAt);
  },
  proxy_set_shared_data(key, length, value, valueLength) {
    shared.set(text(key, length), { value: bytes.slice(value, value + valueLength), version: ++version });
    return OK;
  },
  proxy_define_metric: (_kind, _name, _length, at) => (look(), view.setUint32(at, ++metric, true), OK),
  // verify_signature: they are all good.
  proxy_call_foreign_function: (_name, _length, _arguments, _size, ...to) => give(Uint8Array.of(8, 1), ...to),
};

const calls = {};
let counting = false;
const imports = {};
for (const { module: area, name } of WebAssembly.Module.imports(module)) {
  const call = host[name] ?? (() => OK);
  (imports[area] ??= {})[name] = (...values) => {
    if (counting) calls[name] = (calls[name] ?? 0) + 1;
    return call(...values);
  };
}
wasm = new WebAssembly.Instance(module, imports).exports;
wasm._initialize();
wasm.proxy_on_context_create(1, 0);
if (!wasm.proxy_on_configure(1, document.length)) throw new Error(`${process.argv[2]} refuses its configuration`);

let stream = 1;
function exchange() {
  stream += 1;
  wasm.proxy_on_context_create(stream, 1);
  wasm.proxy_on_request_headers?.(stream, request.length, 1);
  wasm.proxy_on_response_headers?.(stream, response.length, 0);
  wasm.proxy_on_delete(stream);
}

for (let warm = 0; warm < 3000; warm += 1) exchange();
counting = true;
exchange();
counting = false;
let best = Infinity;
for (let run = 0; run < 200; run += 1) {
  const begun = process.hrtime.bigint();
  for (let number = 0; number < 150; number += 1) exchange();
  best = Math.min(best, Number(process.hrtime.bigint() - begun) / 150);
}
console.log(JSON.stringify({ nanoseconds: Math.round(best), calls }));
