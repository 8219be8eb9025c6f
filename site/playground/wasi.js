// Runs a WASI command in the page: arguments and files go in, what it prints comes out. As much of WASI preview 1 as the command
// edge-filters asks for; whatever else it calls is answered with ENOSYS.
"use strict";

const WASI = (() => {
  const OK = 0, BADF = 8, EXIST = 20, NOENT = 44, NOSYS = 52;
  const CREATE = 1, EXCLUSIVE = 4, TRUNCATE = 8;
  const REGULAR = 4, DIRECTORY = 3, CHARACTERS = 2;
  const FOLDERS = new Map([[3, "."], [4, "/"]]);

  class Exit extends Error {
    constructor(code) {
      super(`exit ${code}`);
      this.code = code;
    }
  }

  /** Runs a compiled command. `files` maps names to texts, and gets what the command writes. */
  async function run(module, args, files) {
    const encoder = new TextEncoder(), decoder = new TextDecoder();
    const stored = new Map(Object.entries(files).map(([name, text]) => [name, encoder.encode(text)]));
    const printed = { 1: [], 2: [] };
    const open = new Map();
    let memory;
    const view = () => new DataView(memory.buffer);
    const bytes = (at, length) => new Uint8Array(memory.buffer, at, length);
    const text = (at, length) => decoder.decode(bytes(at, length).slice());

    const strings = (list) => {
      const encoded = list.map((item) => encoder.encode(`${item}\0`));
      return {
        sizes: (count, size) => {
          view().setUint32(count, encoded.length, true);
          view().setUint32(size, encoded.reduce((sum, item) => sum + item.length, 0), true);
          return OK;
        },
        get: (pointers, buffer) => {
          for (const item of encoded) {
            view().setUint32(pointers, buffer, true);
            bytes(buffer, item.length).set(item);
            pointers += 4;
            buffer += item.length;
          }
          return OK;
        },
      };
    };
    const given = strings(["edge-filters", ...args]), environment = strings([]);

    const name = (at, length) => text(at, length).replace(/^\.?\//, "");
    const stat = (at, kind, size) => {
      bytes(at, 64).fill(0);
      view().setUint8(at + 16, kind);
      view().setBigUint64(at + 32, BigInt(size), true);
      return OK;
    };
    const each = (vectors, count, visit) => {
      let done = 0;
      for (let index = 0; index < count; index += 1) {
        const at = view().getUint32(vectors + 8 * index, true);
        const moved = visit(at, view().getUint32(vectors + 8 * index + 4, true));
        done += moved;
      }
      return done;
    };

    const calls = {
      args_sizes_get: given.sizes,
      args_get: given.get,
      environ_sizes_get: environment.sizes,
      environ_get: environment.get,
      proc_exit: (code) => {
        throw new Exit(code);
      },
      clock_time_get: (clock, precision, at) => {
        view().setBigUint64(at, BigInt(Date.now()) * 1000000n, true);
        return OK;
      },
      random_get: (at, length) => {
        // No more than 64 KiB at a time.
        for (let done = 0; done < length; done += 65536) crypto.getRandomValues(bytes(at + done, Math.min(65536, length - done)));
        return OK;
      },
      fd_prestat_get: (fd, at) => {
        if (!FOLDERS.has(fd)) return BADF;
        view().setUint32(at, 0, true);
        view().setUint32(at + 4, FOLDERS.get(fd).length, true);
        return OK;
      },
      fd_prestat_dir_name: (fd, at, length) => {
        bytes(at, length).set(encoder.encode(FOLDERS.get(fd)).subarray(0, length));
        return OK;
      },
      fd_fdstat_get: (fd, at) => {
        bytes(at, 24).fill(0);
        view().setUint8(at, FOLDERS.has(fd) ? DIRECTORY : open.has(fd) ? REGULAR : CHARACTERS);
        view().setBigUint64(at + 8, ~0n, true);
        view().setBigUint64(at + 16, ~0n, true);
        return OK;
      },
      fd_filestat_get: (fd, at) => stat(at, open.has(fd) ? REGULAR : CHARACTERS, stored.get(open.get(fd)?.name)?.length ?? 0),
      path_filestat_get: (fd, flags, path, length, at) => {
        const wanted = name(path, length);
        const isFolder = [...stored.keys()].some((name) => name.startsWith(`${wanted}/`));
        if (wanted === "" || wanted === "." || isFolder) return stat(at, DIRECTORY, 0);
        return stored.has(wanted) ? stat(at, REGULAR, stored.get(wanted).length) : NOENT;
      },
      path_open: (fd, flags, path, length, how, rights, inherited, fdflags, at) => {
        const wanted = name(path, length);
        if (stored.has(wanted) && how & CREATE && how & EXCLUSIVE) return EXIST;
        if (!stored.has(wanted) && !(how & CREATE)) return NOENT;
        if (!stored.has(wanted) || how & TRUNCATE) stored.set(wanted, new Uint8Array());
        const next = Math.max(9, ...open.keys()) + 1;
        open.set(next, { name: wanted, at: 0 });
        view().setUint32(at, next, true);
        return OK;
      },
      fd_read: (fd, vectors, count, at) => {
        const file = open.get(fd);
        const from = file ? stored.get(file.name) : new Uint8Array();
        const done = each(vectors, count, (to, length) => {
          const part = from.subarray(file?.at ?? 0, (file?.at ?? 0) + length);
          bytes(to, part.length).set(part);
          if (file) file.at += part.length;
          return part.length;
        });
        view().setUint32(at, done, true);
        return OK;
      },
      fd_write: (fd, vectors, count, at) => {
        const file = open.get(fd);
        if (!file && !printed[fd]) return BADF;
        const done = each(vectors, count, (from, length) => {
          const part = bytes(from, length).slice();
          if (file) {
            const joined = new Uint8Array(stored.get(file.name).length + part.length);
            joined.set(stored.get(file.name));
            joined.set(part, joined.length - part.length);
            stored.set(file.name, joined);
          } else {
            printed[fd].push(part);
          }
          return length;
        });
        view().setUint32(at, done, true);
        return OK;
      },
      fd_seek: (fd, offset, whence, at) => {
        const file = open.get(fd);
        if (!file) return BADF;
        const base = [0, file.at, stored.get(file.name).length][whence];
        file.at = base + Number(offset);
        view().setBigUint64(at, BigInt(file.at), true);
        return OK;
      },
      fd_close: (fd) => {
        open.delete(fd);
        return OK;
      },
    };
    const imports = new Proxy(calls, { get: (all, call) => all[call] ?? (() => NOSYS) });
    const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: imports });
    memory = instance.exports.memory;
    let code = 0;
    try {
      instance.exports._start();
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      code = error.code;
    }
    const joined = (parts) => parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
    for (const [file, content] of stored) files[file] = decoder.decode(content);
    return { code, out: joined(printed[1]), err: joined(printed[2]) };
  }

  return { run };
})();
