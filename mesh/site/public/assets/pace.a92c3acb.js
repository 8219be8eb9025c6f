// How fast requests go out: one, five a second, or as many as it takes to be refused.

const EACH_MS = 200;
const BURST_MOST = 400;
const AT_ONCE = 6;

/** Calls `send` five times a second until stopped; a call that takes longer is waited for. */
export class Steadily {
  #timer;
  #busy = false;

  get running() {
    return this.#timer !== undefined;
  }

  start(send) {
    this.#timer ??= setInterval(async () => {
      if (this.#busy) return;
      this.#busy = true;
      await send().finally(() => { this.#busy = false; });
    }, EACH_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * Calls `send` again and again, six at once as browsers do, until one call says `true`, or 400 have been made. Gives the
 * number of calls.
 */
export async function burst(send, { most = BURST_MOST, atOnce = AT_ONCE } = {}) {
  let made = 0;
  let enough = false;
  const one = async () => {
    while (!enough && made < most) {
      made += 1;
      if (await send()) enough = true;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return made;
}
