// What each filter's card says: a headline, and facts as pairs of a term and its description.

import { challenge, directives, explanation } from './fields.0ed4a646.js';
import { problemOf } from './verdict.0356fe02.js';

/** jwt-auth. `sent` is `{token, claims}`, `request` one of the choices. */
export function identity(answer, outcome, request, sent) {
  const carried = sent.claims ? claimsInWords(sent.claims) : [];
  if (outcome === 'refused') {
    const { error, error_description: why, scope } = challenge(answer.field('www-authenticate'));
    return {
      headline: why ?? problemOf(answer)?.title ?? 'Refused',
      facts: facts([...carried, ['Error', error], ['Scope asked for', scope]]),
      wire: ['www-authenticate'],
    };
  }
  const echo = echoOf(answer);
  const user = echo?.headers['x-user'];
  const roles = echo?.headers['x-roles'];
  const told = echo && [
    ['Function sees', [user && `x-user: ${user}`, roles && `x-roles: ${roles}`].filter(Boolean).join('\n') || 'no name'],
    ['Token', sent.token === undefined ? undefined : echo.authorization_reached_backend ? 'passed on to the function' : 'taken out before the function'],
  ];
  return { headline: greeting(request, sent, user), facts: facts([...carried, ...(told ?? [])]) };
}

function greeting(request, sent, user) {
  if (request.token === 'ignored') return 'Here everybody may read, with or without a token';
  if (user !== undefined) return `Verified: this is ${user}`;
  if (sent.token === undefined) return 'No token, and none is needed here';
  return `Verified: this is ${sent.claims?.sub ?? 'somebody with a good token'}`;
}

/** geo-routing. */
export function place(answer, outcome, country) {
  const said = explanation(answer.field('x-edge-geo'));
  const from = said.country === undefined || said.country === 'unknown' ? undefined : countryName(said.country);
  return {
    headline: placeInWords(said, outcome, from, country),
    facts: facts([
      ['Country', from && `${from}, by the ${said.source ?? 'proxy'}`],
      ['Decision', said.decision],
      ['Sent to', outcome === 'refused' ? 'nobody' : answer.field('x-edge-upstream')],
    ]),
    wire: ['x-edge-geo'],
  };
}

function placeInWords(said, outcome, from, country) {
  if (outcome === 'refused') return `Nobody may be served in ${from ?? 'this country'}`;
  if (said.decision === 'pass') return 'The same for everybody, wherever they are';
  if (country?.madeUp) return `Not believed: no CDN vouches for it. Region ${said.region}, the fallback`;
  if (said.region === undefined) return from ?? 'From nobody knows where';
  return from ? `${from}: served by region ${said.region}` : `From nobody knows where: region ${said.region}, the fallback`;
}

/** compression-negotiation. */
export function coding(answer, wanted) {
  const said = explanation(answer.field('x-edge-coding'));
  const used = answer.field('content-encoding');
  return {
    headline: codingInWords(answer, used, said),
    share: used && answer.sent !== undefined && answer.bytes > 0 ? Math.min(1, answer.sent / answer.bytes) : 1,
    facts: facts([
      ['Content', `${bytes(answer.bytes)}`],
      ['Over the wire', answer.sent === undefined ? 'your browser doesn’t say' : bytes(answer.sent)],
      ['Not as wished', wanted && (used ?? 'identity') !== wanted && used === null && said.reason === undefined ? `your browser offers no ${wanted} here` : undefined],
    ]),
    wire: ['content-encoding', 'x-edge-coding', 'vary'],
  };
}

function codingInWords({ bytes: whole, sent }, used, said) {
  if (used === null) return `Sent as it is${REASONS[said.reason] ? `: ${REASONS[said.reason]}` : ''}`;
  if (sent === undefined) return `Sent as ${used}`;
  const saved = Math.round((1 - sent / whole) * 100);
  return saved > 0 ? `${used} saves ${saved} %: ${bytes(whole)} become ${bytes(sent)}` : `${used}: ${bytes(whole)} become ${bytes(sent)}`;
}

/** cache-headers. */
export function keeping(answer) {
  const browser = answer.field('cache-control');
  const cdn = answer.field('cdn-cache-control');
  const said = explanation(answer.field('x-edge-cache'));
  return {
    headline: `Browsers ${keepingInWords(browser)}`,
    facts: facts([
      ['CDNs', cdn ? keepingInWords(cdn) : 'go by what browsers are told'],
      ['Decided by', said.value === undefined || said.value === '' ? 'no rule: the backend’s own word stands' : undefined],
      ['Guarded by', said.guards],
    ]),
    wire: ['cache-control', 'cdn-cache-control', 'x-edge-cache', 'etag'],
  };
}

/** Whoever answered, or should have. */
export function backend(answer, outcome, { method, path }) {
  const by = echoOf(answer)?.served_by;
  const upstream = answer.field('x-edge-upstream') ?? 'the backend';
  const wanted = explanation(answer.field('x-edge-geo')).region;
  // Another region helps out while the wanted one is down.
  const region = by?.region && wanted && by.region !== wanted ? `${by.region}, in place of ${wanted}` : by?.region;
  const after = `after ${answer.milliseconds.toFixed(0)} ms`;
  return {
    headline: outcome === 'failed' ? `${upstream} didn’t answer; Envoy did, ${after}` : `${upstream} answered, ${after}`,
    facts: facts([['Asked for', `${method} ${path}`], ['Region', region], ['Runtime', by?.runtime], ['Content', answer.field('content-type')]]),
    wire: ['x-edge-upstream', 'x-envoy-upstream-service-time', 'server'],
  };
}

/** What a cache may do, from Cache-Control or a field for CDNs. */
export function keepingInWords(text) {
  const said = directives(text);
  if (said['no-store']) return 'may not keep it';
  const kept = said['max-age'] === undefined ? '' : `keep it for ${duration(Number(said['max-age']))}`;
  const parts = [
    said['no-cache'] ? 'keep it, and ask before each use' : kept,
    said.immutable && 'and never ask again',
    said['stale-while-revalidate'] && `and a stale copy for another ${duration(Number(said['stale-while-revalidate']))} while they renew it`,
    said.private && 'but no shared cache may',
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(' ') : 'are told nothing, and guess';
}

export function duration(seconds) {
  const [unit, length] = UNITS.find(([, least]) => seconds >= least) ?? UNITS.at(-1);
  const count = Math.round(seconds / length);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

export function bytes(count) {
  return count < 1024 ? `${count} bytes` : `${(count / 1024).toFixed(count < 102_400 ? 1 : 0)} KiB`;
}

/** The name of a country in English; its code where there is none. */
export function countryName(code) {
  try {
    return new Intl.DisplayNames('en', { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** What the function at `/geo` was told. */
function echoOf({ status, text }) {
  if (status !== 200) return undefined;
  try {
    const said = JSON.parse(text);
    return said.authorization_reached_backend === undefined ? undefined : said;
  } catch {
    return undefined;
  }
}

function claimsInWords({ sub, scope, roles, aud, iss, nbf, exp }) {
  const seconds = (at) => Math.round(at - Date.now() / 1000);
  const valid = [
    nbf > Date.now() / 1000 && `in ${duration(seconds(nbf))}`,
    exp && (seconds(exp) > 0 ? `for ${duration(seconds(exp))}` : `until ${duration(-seconds(exp))} ago`),
  ].filter(Boolean);
  return [['sub', sub], ['scope', scope], ['roles', roles?.join(', ')], ['aud', aud], ['iss', iss], ['Valid', valid.join(', ')]];
}

function facts(pairs) {
  return pairs.filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '');
}

const UNITS = [['year', 31_536_000], ['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];
const REASONS = {
  too_small: 'too small to gain by it',
  content_type: 'this type doesn’t shrink',
  identity: 'nothing else was asked for',
  status: 'this status isn’t encoded',
  no_transform: 'the backend forbids changes',
  already_encoded: 'the backend had encoded it',
  upstream_plain: 'no compressor took it on',
};
