// The bars of the quotas, which refill before the visitor's eyes.

import { fullAfter, leftAfter, quotas } from './quota.d8a8443d.js';
import { element, setBar, setText } from './view.abda84d0.js';

/** Shows the quotas of the latest answer in `list` and keeps them moving until they are full. */
export class Meters {
  #list;
  #shown = [];
  #at = 0;
  #moving = false;
  #still = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(list) {
    this.#list = list;
  }

  /** Takes the quotas of an answer; one without any, such as a refusal by jwt-auth, leaves the bars as they are. */
  show(answer) {
    const latest = quotas(answer.field);
    if (latest.length === 0) return latest;
    // The narrowest first: it is the one that is felt.
    latest.sort((one, other) => one.limit - other.limit);
    if (latest.map(({ name }) => name).join() !== this.#shown.map(({ quota }) => quota.name).join()) this.#build(latest);
    this.#shown.forEach((shown, index) => { shown.quota = latest[index]; });
    this.#at = answer.at;
    if (!this.#moving) this.#move();
    return latest;
  }

  #build(latest) {
    this.#shown = latest.map((quota) => {
      const count = element('span', { class: 'count' });
      const bar = element('div', { class: 'bar', role: 'meter', 'aria-label': `Left of the quota ${quota.name}`, 'aria-valuemin': '0' }, element('span'));
      const refill = element('p', { class: 'refill' });
      return { quota, count, bar, refill, item: element('li', {}, element('p', { class: 'of' }, element('code', {}, quota.name), count), bar, refill) };
    });
    this.#list.replaceChildren(...this.#shown.map(({ item }) => item));
  }

  #move() {
    const seconds = (performance.now() - this.#at) / 1000;
    for (const { quota, count, bar, refill } of this.#shown) {
      const left = leftAfter(quota, seconds);
      setBar(bar, left / quota.limit);
      bar.classList.toggle('low', left < quota.limit / 5);
      bar.setAttribute('aria-valuemax', String(quota.limit));
      bar.setAttribute('aria-valuenow', String(Math.floor(left)));
      setText(count, `${Math.floor(left)} of ${quota.limit} left`);
      setText(refill, refillInWords(quota, Math.ceil(fullAfter(quota) - seconds)));
    }
    this.#moving = this.#shown.some(({ quota }) => fullAfter(quota) > seconds);
    if (!this.#moving) return;
    if (this.#still.matches || document.hidden) setTimeout(() => this.#move(), 1000);
    else requestAnimationFrame(() => this.#move());
  }
}

function refillInWords({ limit, window, refill }, seconds) {
  const pace = refill.each === undefined ? `${limit} in each ${window} s` : `refills by ${Number(refill.each.toFixed(1))} a second`;
  return seconds > 0 ? `${pace}, full in ${seconds} s` : pace;
}
