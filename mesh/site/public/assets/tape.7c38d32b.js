// The latest requests, a mark for each, and how they ended in numbers.

import { element, setText } from './view.abda84d0.js';

const KEPT = 120;

export class Tape {
  #marks;
  #tally;
  #counts = new Map();

  constructor(marks, tally) {
    this.#marks = marks;
    this.#tally = tally;
  }

  /** A request that ended with this status; `undefined` when nothing answered. */
  add(status) {
    const ended = kind(status);
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1);
    this.#marks.append(element('span', { class: ended, title: status === undefined ? 'no answer' : String(status) }));
    while (this.#marks.childElementCount > KEPT) this.#marks.firstElementChild.remove();
    const counts = [...this.#counts].sort(([one = 999], [other = 999]) => one - other);
    const all = counts.reduce((sum, [, count]) => sum + count, 0);
    const each = counts.map(([code, count]) => `${count} × ${code ?? 'no answer'}`).join(', ');
    setText(this.#tally, `${all} ${all === 1 ? 'request' : 'requests'}: ${each}`);
  }
}

function kind(status) {
  if (status === undefined || status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'good';
}
