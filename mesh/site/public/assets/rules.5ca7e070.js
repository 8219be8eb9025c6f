// Which entries of the chain's configuration decided, where they can be read, and where it says what their words mean.

import { explanation, namedList } from './fields.0ed4a646.js';
import { problemOf } from './verdict.0356fe02.js';

const READMES = 'https://github.com/envoy-edge-filters/envoy-edge-filters/blob/main/crates/';

/** The section of each filter's README that its rules are described in. */
export const REFERENCES = {
  'jwt-auth': `${READMES}jwt-auth/README.md#rules`,
  'rate-limit': `${READMES}rate-limit/README.md#reference`,
  'geo-routing': `${READMES}geo-routing/README.md#reference`,
  'compression-negotiation': `${READMES}compression-negotiation/README.md#reference`,
  'cache-headers': `${READMES}cache-headers/README.md#rules`,
};

/** Where an entry of a filter's configuration stands: `entry` is its path, such as `rules[1]`. */
export function placeOf(filter, entry) {
  return `/policy.html#${filter}.${entry.replace(/\[(\d+)\]/g, '.$1')}`;
}

/**
 * For each filter the paths of the entries that decided, none where no entry did. Three filters say it in the answer. The first
 * rule of jwt-auth and rate-limit follows from the request alone, and is told with it.
 */
export function decidedBy(answer, { request, coding }) {
  return {
    'jwt-auth': rule(request.rules['jwt-auth']),
    'rate-limit': [...rule(request.rules['rate-limit']), ...policies(answer).map((name) => `policies.${name}`)],
    'geo-routing': rule(explanation(answer.field('x-edge-geo')).rule),
    'compression-negotiation': codingRule(answer, coding),
    'cache-headers': rule(/^rule (\d+)$/.exec(explanation(answer.field('x-edge-cache')).value ?? '')?.[1]),
  };
}

function rule(number) {
  return number === undefined ? [] : [`rules[${number}]`];
}

/** The policies that refused, or else all that counted. */
function policies(answer) {
  return problemOf(answer)?.['violated-policies'] ?? namedList(answer.field('ratelimit-policy')).map(({ name }) => name);
}

function codingRule(answer, coding) {
  if (explanation(answer.field('x-edge-coding')).reason === 'too_small') return ['min_length'];
  const wished = ['zstd', 'br', 'gzip', 'identity'].indexOf(coding);
  return wished < 0 ? ['prefer'] : rule(wished);
}
