// The page: takes the visitor's choices, sends the request, shows what became of it.

import * as cards from './cards.42039118.js';
import { ALGORITHMS, CODINGS, COUNTRIES, REQUESTS, TOKENS, asCurl, mintQuery, requestFields } from './choices.f2c1ffc0.js';
import { exchange } from './exchange.29a6357f.js';
import { choicesOf, queryOf } from './link.787fed47.js';
import { Meters } from './meters.c06c3fa9.js';
import { Steadily, burst } from './pace.a92c3acb.js';
import { REFERENCES, decidedBy, placeOf } from './rules.5ca7e070.js';
import { Tape } from './tape.7c38d32b.js';
import { claimsOf, forgetTokens, minted, tamperedWith } from './tokens.5ceadb77.js';
import { FILTERS, answeredBy, outcomes, problemOf, silence, verdict } from './verdict.0356fe02.js';
import { element, fill, setBar, setText, showCard, showDecision, showFields, showWay } from './view.abda84d0.js';

const at = (id) => document.getElementById(id);
const form = at('choices');
const meters = new Meters(at('meters'));
const tape = new Tape(at('tape'), at('tally'));
const steadily = new Steadily();

/** The request that the choices describe, minted token included. */
async function chosen(coding = form.coding.value) {
  const request = { ...REQUESTS.find(({ id }) => id === form.request.value) };
  if (request.id === 'style') request.path = new URL(document.querySelector('link[rel=stylesheet]').href).pathname;
  const country = form.country.value;
  const fields = requestFields({ request, country, coding });
  const kind = TOKENS.find(({ id }) => id === form.token.value);
  const query = mintQuery(kind.id, {
    name: form.subject.value, scope: form.scope.value, roles: form.roles.value, algorithm: form.algorithm.value,
  });
  const good = query === undefined ? kind.value : await minted(query);
  const token = kind.forged ? tamperedWith(good) : good;
  return {
    request,
    fields,
    token,
    country: COUNTRIES.find(({ id }) => id === country),
    coding,
    curl: asCurl(location.origin, { request, fields, query, value: kind.value }),
  };
}

/** Sends once and shows the answer; gives its status. */
async function send({ show = true } = {}) {
  let sent;
  try {
    sent = await chosen();
    const answer = await exchange(sent);
    tape.add(answer.status);
    if (show || answer.status >= 400) render(sent, answer);
    return answer.status;
  } catch (error) {
    if (error.name !== 'NotMinted' && !(error instanceof TypeError)) throw error;
    tape.add(error.status);
    renderSilence(silence(error));
    return undefined;
  }
}

function render(sent, answer) {
  const by = answeredBy(answer);
  const outcome = outcomes(answer);
  headline(verdict(answer));
  const backend = { passed: by === 'envoy' ? 'failed' : 'answered' }[outcome[FILTERS.at(-1)]] ?? 'unreached';
  const upstream = backend === 'unreached' ? 'backend' : answer.field('x-edge-upstream') ?? 'backend';
  showWay(at('way'), [
    { name: 'you', outcome: 'passed' },
    ...FILTERS.map((name) => ({ name, outcome: outcome[name], href: `#${name}` })),
    { name: upstream, outcome: backend, href: '#backend' },
  ]);
  const quotas = meters.show(answer);
  const decided = decidedBy(answer, sent);
  const says = {
    'jwt-auth': () => cards.identity(answer, outcome['jwt-auth'], sent.request, { token: sent.token, claims: sent.token && claimsOf(sent.token) }),
    'rate-limit': () => quotaCard(answer, outcome['rate-limit'], quotas),
    'geo-routing': () => cards.place(answer, outcome['geo-routing'], sent.country),
    'compression-negotiation': () => cards.coding(answer, sent.coding),
    'cache-headers': () => cards.keeping(answer),
  };
  for (const name of FILTERS) {
    const unreached = outcome[name] === 'unreached' ? { headline: `${by} had answered already` } : undefined;
    const card = unreached ?? says[name]();
    showCard(at(name), { outcome: outcome[name], ...card }, answer.field);
    const entries = unreached ? [] : decided[name].map((entry) => ({ entry, href: placeOf(name, entry) }));
    showDecision(at(name), entries, REFERENCES[name]);
    if (name === 'compression-negotiation') setBar(at('saved'), card.share ?? 1);
  }
  showCard(at('backend'), {
    outcome: backend,
    ...(backend === 'unreached' ? { headline: 'It never heard of the request' } : cards.backend(answer, backend, sent.request)),
  }, answer.field);
  setText(at('curl'), sent.curl);
  setText(at('body'), pretty(answer));
  showFields(at('fields'), answer.fields);
}

function quotaCard(answer, outcome, quotas) {
  const wire = ['ratelimit-policy', 'ratelimit', 'retry-after'];
  const retry = answer.field('retry-after');
  if (outcome === 'refused') {
    const names = problemOf(answer)?.['violated-policies']?.join(', ') ?? 'a quota';
    return { headline: `${names} is used up${retry ? `: come back in ${retry} s` : ''}`, wire };
  }
  return { headline: quotas.length > 0 ? 'Within every quota' : 'Not counted', wire };
}

function renderSilence(said) {
  headline(said);
  showWay(at('way'), []);
  for (const name of [...FILTERS, 'backend']) showCard(at(name), { outcome: 'unreached', headline: 'No request was sent, or none was answered' });
  for (const name of FILTERS) showDecision(at(name), [], REFERENCES[name]);
  pause();
}

function headline({ tone, title, detail }) {
  at('answer').dataset.tone = tone;
  setText(at('verdict'), title);
  setText(at('detail'), detail);
}

/** The content: JSON laid out, and not more of it than a person reads. */
function pretty({ text, field }) {
  let shown = text;
  if ((field('content-type') ?? '').includes('json')) {
    try {
      shown = JSON.stringify(JSON.parse(text), undefined, 2);
    } catch {
      // Shown as it came.
    }
  }
  return shown.length > 2000 ? `${shown.slice(0, 2000)}\n… and ${shown.length - 2000} characters more` : shown;
}

/** The same request in every coding, beside each other. */
async function compare() {
  const rows = [];
  for (const { id } of CODINGS.filter((coding) => coding.id !== '')) {
    const answer = await exchange(await chosen(id));
    tape.add(answer.status);
    const used = answer.field('content-encoding') ?? 'identity';
    const bar = element('div', { class: 'bar', 'aria-hidden': 'true' }, element('span'));
    setBar(bar, answer.sent === undefined ? 1 : answer.sent / answer.bytes);
    const size = answer.sent === undefined ? 'not known' : cards.bytes(answer.sent);
    rows.push(element('li', {}, element('p', { class: 'of' }, element('code', {}, used === id ? id : `${id}: not offered`), element('span', { class: 'count' }, size)), bar));
  }
  at('compared').replaceChildren(...rows);
}

function note() {
  setText(at('request-note'), REQUESTS.find(({ id }) => id === form.request.value).note);
}

/** What the form says now, `{name: value}`. */
function choices() {
  return Object.fromEntries(new FormData(form));
}

function putIntoAddress() {
  const query = queryOf(choices(), atFirst);
  history.replaceState(null, '', `${location.pathname}${query && `?${query}`}${location.hash}`);
}

function takeFromAddress() {
  const options = Object.fromEntries([...form.querySelectorAll('select')].map((list) => [list.name, [...list.options].map(({ value }) => value)]));
  const lengths = Object.fromEntries([...form.querySelectorAll('input')].map((input) => [input.name, input.maxLength]));
  const taken = choicesOf(location.search, atFirst, { options, lengths });
  for (const [name, value] of Object.entries(taken)) form.elements[name].value = value;
  const details = form.querySelector('details');
  details.open = [...details.querySelectorAll('[name]')].some(({ name }) => taken[name] !== atFirst[name]);
  note();
}

/** The address has the choices at all times; here it goes to the clipboard, where the browser lets it. */
async function share() {
  const isCopied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  setText(at('shared'), isCopied ? 'Copied.' : 'It’s in the address bar.');
}

function pause() {
  steadily.stop();
  at('steadily').setAttribute('aria-pressed', 'false');
}

function whileBusy(button, work) {
  return async () => {
    // Disabled, it would lose the keyboard's focus.
    if (button.ariaBusy === 'true') return;
    button.ariaBusy = 'true';
    await work().catch((error) => renderSilence(silence(error)));
    button.ariaBusy = 'false';
  };
}

fill(form.request, REQUESTS, 'geo');
fill(form.token, TOKENS, 'valid');
fill(form.algorithm, ALGORITHMS.map((id) => ({ id })), 'RS256');
fill(form.country, COUNTRIES, 'DE');
fill(form.coding, CODINGS, '');
const atFirst = choices();
takeFromAddress();

form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('change', () => {
  note();
  putIntoAddress();
  setText(at('shared'), '');
  // What was compared was another request.
  at('compared').replaceChildren();
  send();
});
at('send').addEventListener('click', whileBusy(at('send'), () => send()));
at('burst').addEventListener('click', whileBusy(at('burst'), async () => {
  pause();
  await burst(async () => {
    const status = await send({ show: false });
    return status === undefined || status >= 400;
  });
}));
at('steadily').addEventListener('click', () => {
  if (steadily.running) return pause();
  at('steadily').setAttribute('aria-pressed', 'true');
  steadily.start(() => send());
});
at('compare').addEventListener('click', whileBusy(at('compare'), compare));
at('share').addEventListener('click', share);
at('anew').addEventListener('click', () => {
  forgetTokens();
  send();
});
document.addEventListener('visibilitychange', () => document.hidden && pause());
send();
