// What one request costs inside a module: the module in Node's V8, with a host that does as little as it can.
//
//     node --no-liftoff guest.mjs MODULE < SPECIFICATION     (guest.py writes it)
//
// Prints JSON: nanoseconds per request, the best of many short runs, since a busy machine only ever makes it slower;
// the host calls of one request, by name; and all of them with their arguments, callback by callback.
import fs from 'node:fs';

const { configuration, request, response, properties, files, now, shapes } = JSON.parse(fs.readFileSync(0));
const module = new WebAssembly.Module(fs.readFileSync(process.argv[2]));
const [OK, NOT_FOUND] = [0, 1];
const [REQUEST, CALL_RESPONSE] = [0, 6];
const CALL_BODY = 4;
const ROOT = 1;
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

const headers = { [REQUEST]: pairs(request), [CALL_RESPONSE]: pairs([[':status', '200']]) };
const [responsePairs, document] = [pairs(response), encode(JSON.stringify(configuration))];
const known = new Map(Object.entries(properties).map(([path, value]) => [path.replaceAll('.', '\0'), encode(value)]));
const shared = new Map();
const asked = [];
let [version, metric, token] = [0, 0, 0];
let answer = null;

const host = {
  proxy_get_current_time_nanoseconds: (at) => (look(), view.setBigUint64(at, BigInt(now) * 1000000000n, true), OK),
  proxy_get_header_map_pairs: (map, ...to) => give(headers[map] ?? responsePairs, ...to),
  proxy_get_buffer_bytes: (buffer, _start, _most, ...to) => give(buffer === CALL_BODY ? answer : document, ...to),
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
  proxy_http_call(_cluster, _length, fields, size, ...rest) {
    const path = Object.keys(files).find((file) => text(fields, size).includes(file));
    asked.push([++token, path]);
    look();
    view.setUint32(rest.at(-1), token, true);
    return OK;
  },
};

/** The arguments of a host call: numbers as they are, bytes as text, where the host writes left out. */
function told(name, values) {
  const found = [];
  let at = 0;
  for (const kind of shapes[name] ?? '') {
    if (kind === 'b') {
      found.push(text(values[at], values[at + 1]));
      at += 2;
    } else {
      if (kind !== 'o') found.push(Number(values[at]));
      at += 1;
    }
  }
  return found;
}

const [calls, traced, counters] = [{}, [], {}];
let counting = false;
const imports = {};
for (const { module: area, name } of WebAssembly.Module.imports(module)) {
  const call = host[name] ?? (() => OK);
  (imports[area] ??= {})[name] = (...values) => {
    if (counting) {
      calls[name] = (calls[name] ?? 0) + 1;
      traced.at(-1).calls.push([name, ...told(name, values)]);
    }
    const result = call(...values);
    if (name === 'proxy_define_metric') counters[metric] = text(values[1], values[2]);
    return result;
  };
}
wasm = new WebAssembly.Instance(module, imports).exports;
wasm._initialize();
wasm.proxy_on_context_create(ROOT, 0);
if (!wasm.proxy_on_configure(ROOT, document.length)) throw new Error(`${process.argv[2]} refuses its configuration`);
// What it fetches before the first request.
for (let round = 0; round < 4 && wasm.proxy_on_tick; round += 1) {
  wasm.proxy_on_tick(ROOT);
  for (const [number, path] of asked.splice(0)) {
    answer = fs.readFileSync(files[path]);
    wasm.proxy_on_http_call_response(ROOT, number, 1, answer.length, 0);
  }
}

let stream = ROOT;
function callback(name, ...values) {
  if (counting) traced.push({ name, calls: [] });
  wasm[name]?.(stream, ...values);
}

function exchange() {
  stream += 1;
  callback('proxy_on_context_create', ROOT);
  callback('proxy_on_request_headers', request.length, 1);
  callback('proxy_on_response_headers', response.length, 0);
  callback('proxy_on_delete');
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
console.log(JSON.stringify({ nanoseconds: Math.round(best), calls, traced, counters }));
