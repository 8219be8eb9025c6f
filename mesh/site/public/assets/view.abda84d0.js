// Puts what the cards say into the document. Text only: nothing that came over the network becomes markup.

/** An element with attributes and children; a child that is text stays text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Fills a `select` with choices and takes the first, or `chosen`. */
export function fill(select, choices, chosen) {
  select.replaceChildren(...choices.map(({ id, label }) => new Option(label ?? id, id, id === chosen, id === chosen)));
}

/** A card's outcome, headline and facts, and the header fields that it goes by, those of them that there are. */
export function showCard(card, { outcome, headline, facts = [], wire = [] }, field = () => null) {
  card.dataset.outcome = outcome;
  card.querySelector('.outcome').textContent = OUTCOMES[outcome];
  setText(card.querySelector('.headline'), headline);
  card.querySelector('dl').replaceChildren(...facts.flatMap(([term, description]) => [
    element('dt', {}, term),
    element('dd', {}, description),
  ]));
  const lines = wire.filter((name) => field(name) !== null).map((name) => `${name}: ${field(name)}`);
  card.querySelector('.wire').textContent = lines.join('\n');
}

/** Links to the entries of the configuration that decided, `{entry, href}`, and to where they are described. */
export function showDecision(card, entries, reference) {
  const links = entries.map(({ entry, href }) => element('a', { href }, element('code', {}, entry)));
  card.querySelector('.decided').replaceChildren(
    ...links.flatMap((link, index) => [index === 0 ? 'Decided by ' : ', ', link]),
    links.length > 0 ? ' · ' : '',
    element('a', { href: reference }, 'Reference', element('span', { class: 'hidden' }, ` of ${card.id}`)),
  );
}

/** The way a request took: one chip for each filter, in the order of the chain, and the backend at the end. */
export function showWay(list, steps) {
  list.replaceChildren(...steps.map(({ name, outcome, href }) => element(
    'li',
    { 'data-outcome': outcome },
    href ? element('a', { href }, name) : element('span', {}, name),
    element('span', { class: 'hidden' }, `: ${OUTCOMES[outcome]}`),
  )));
}

/** A bar that is full at `share` 1. */
export function setBar(bar, share) {
  bar.style.setProperty('--share', String(Math.max(0, Math.min(1, share))));
}

/** Changes a text only where it is another one: a live region speaks at each change. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** The header fields of an answer, as a table. */
export function showFields(table, fields) {
  table.replaceChildren(...fields.map(([name, value]) => element(
    'tr',
    {},
    element('th', { scope: 'row' }, name),
    element('td', {}, value),
  )));
}

export const OUTCOMES = {
  passed: 'passed', refused: 'refused', unreached: 'not reached', failed: 'failed', waiting: 'waiting', answered: 'answered',
};
