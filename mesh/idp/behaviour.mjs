// How the key set answers: well, or in one of the ways that key sets fail in real life.

import { InvalidRequest } from './token.mjs';

const HUGE_BYTES = 10 * 1024 * 1024;
const MAX_DELAY_MS = 60_000;

/** Each takes the good reply and gives the one to send. */
const MODES = {
  ok: (good) => good,
  down: () => ({ status: undefined }),
  slow: (good) => good,
  500: (good) => ({ ...good, status: 500, body: '{"error":"server_error"}' }),
  garbage: (good) => ({ ...good, body: '\u0000\u0001{]not json' }),
  truncated: (good) => ({ ...good, length: Buffer.byteLength(good.body), body: good.body.slice(0, good.body.length / 2) }),
  huge: (good) => ({ ...good, body: JSON.stringify({ ...JSON.parse(good.body), padding: 'x'.repeat(HUGE_BYTES) }) }),
  html: (good) => ({
    ...good,
    headers: { ...good.headers, 'content-type': 'text/html' },
    body: '<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>',
  }),
};

const DEFAULT_DELAY_MS = { slow: 5_000 };

export class Behaviour {
  #mode = 'ok';
  #delay = 0;

  /** `{"mode": …, "delay_ms": …}`; every mode can be delayed, `slow` is by default. */
  set(wanted) {
    const { mode = 'ok', delay_ms: delay = DEFAULT_DELAY_MS[mode] ?? 0 } = wanted ?? {};
    if (!Object.hasOwn(MODES, mode)) throw new InvalidRequest(`mode must be one of ${Object.keys(MODES).join(', ')}`);
    if (!Number.isInteger(delay) || delay < 0 || delay > MAX_DELAY_MS) {
      throw new InvalidRequest(`delay_ms must be a whole number from 0 to ${MAX_DELAY_MS}`);
    }
    // A client that sends a delay of 0 with `slow` wants it slow all the same.
    this.#mode = mode;
    this.#delay = delay === 0 ? DEFAULT_DELAY_MS[mode] ?? 0 : delay;
  }

  current() {
    return { mode: this.#mode, delay_ms: this.#delay };
  }

  apply(good) {
    return { ...MODES[this.#mode](good), delay: this.#delay };
  }
}
