// As much of WASI (preview 1) as a CGI program asks for: variables, standard input and output, an exit. No files, no sockets, and
// a clock that stands still but for the program's own sleeping: what it sleeps is told beside what it writes.

const SUCCESS = 0, BADF = 8, NOSYS = 52
const STDIN = 0, STDOUT = 1, STDERR = 2
// An event of poll_oneoff that is a clock's.
const CLOCK = 0

class Exit extends Error {
  constructor(code) {
    super(`exit ${code}`)
    this.code = code
  }
}

// Runs the program in an instance of its own. Returns what it wrote, in pieces: {after: milliseconds it slept before, bytes}.
// Throws where it traps, or exits with another code than 0.
export function run(module, variables, stdin) {
  const written = []
  const environment = Object.entries(variables).map(([name, value]) => bytesOf(`${name}=${value}\0`))
  let memory, slept = 0, read = 0

  const view = () => new DataView(memory.buffer)
  const list = (items, pointers, buffer) => {
    for (const item of items) {
      view().setUint32(pointers, buffer, true)
      new Uint8Array(memory.buffer).set(item, buffer)
      pointers += 4
      buffer += item.length
    }
    return SUCCESS
  }
  const sizes = (items, count, size) => {
    view().setUint32(count, items.length, true)
    view().setUint32(size, items.reduce((sum, item) => sum + item.length, 0), true)
    return SUCCESS
  }
  const vectors = function* (first, count) {
    for (let index = 0; index < count; index++) {
      yield new Uint8Array(memory.buffer, view().getUint32(first + index * 8, true), view().getUint32(first + index * 8 + 4, true))
    }
  }

  const wasi = {
    args_sizes_get: (count, size) => sizes([], count, size),
    args_get: () => SUCCESS,
    environ_sizes_get: (count, size) => sizes(environment, count, size),
    environ_get: (pointers, buffer) => list(environment, pointers, buffer),
    fd_read(fd, first, count, result) {
      if (fd !== STDIN) return BADF
      let total = 0
      for (const buffer of vectors(first, count)) {
        const piece = stdin.subarray(read, read + buffer.length)
        buffer.set(piece)
        read += piece.length
        total += piece.length
      }
      view().setUint32(result, total, true)
      return SUCCESS
    },
    fd_write(fd, first, count, result) {
      if (fd !== STDOUT && fd !== STDERR) return BADF
      let total = 0
      for (const buffer of vectors(first, count)) {
        if (fd === STDOUT) written.push({ after: slept, bytes: buffer.slice() })
        else console.error(new TextDecoder().decode(buffer))
        slept = 0
        total += buffer.length
      }
      view().setUint32(result, total, true)
      return SUCCESS
    },
    fd_close: () => SUCCESS,
    fd_seek: () => NOSYS,
    fd_fdstat_get: (fd) => (fd > STDERR ? BADF : SUCCESS),
    fd_prestat_get: () => BADF,
    fd_prestat_dir_name: () => BADF,
    sched_yield: () => SUCCESS,
    clock_time_get(_id, _precision, time) {
      view().setBigUint64(time, BigInt(Date.now()) * 1_000_000n, true)
      return SUCCESS
    },
    // Only ever asked to sleep, by one clock.
    poll_oneoff(subscriptions, events, count, result) {
      if (count !== 1 || view().getUint8(subscriptions + 8) !== CLOCK) return NOSYS
      slept += Number(view().getBigUint64(subscriptions + 24, true)) / 1e6
      view().setBigUint64(events, view().getBigUint64(subscriptions, true), true)
      view().setUint16(events + 8, SUCCESS, true)
      view().setUint8(events + 10, CLOCK)
      view().setUint32(result, 1, true)
      return SUCCESS
    },
    random_get(buffer, length) {
      crypto.getRandomValues(new Uint8Array(memory.buffer, buffer, length))
      return SUCCESS
    },
    proc_exit(code) {
      throw new Exit(code)
    },
  }

  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi })
  memory = instance.exports.memory
  try {
    instance.exports._start()
  } catch (error) {
    if (!(error instanceof Exit) || error.code !== 0) throw error
  }
  return written
}

// A character is a byte (isomorphic encoding), as header values are; what does not fit is sent as UTF-8.
function bytesOf(text) {
  const bytes = Uint8Array.from(text, (character) => character.codePointAt(0))
  return [...text].some((character) => character.codePointAt(0) > 255) ? new TextEncoder().encode(text) : bytes
}
