// What is left of each quota, now and as time passes.

import { explanation, namedList, pieces } from './fields.0ed4a646.js';

/**
 * One entry for each policy that counted the request, from RateLimit and RateLimit-Policy: `{name, limit, window, left,
 * refill}`. `refill` says how it fills again: `{each: N}` units a second, evenly, as the filter counts, or `{after: N}`
 * seconds all at once, as a service with fixed windows does, which then says so in X-RateLimit-Reset.
 */
export function quotas(field) {
  const left = new Map(namedList(field('ratelimit')).map((member) => [member.name, member]));
  const reset = whole(field('x-ratelimit-reset'));
  const byService = namesOfWindows(field('x-ratelimit-limit'));
  return namedList(field('ratelimit-policy')).flatMap((policy) => {
    const limit = whole(policy.q);
    const window = whole(policy.w);
    const rest = whole(left.get(policy.name)?.r);
    if (limit === undefined || rest === undefined) return [];
    const fixed = reset !== undefined && byService.has(policy.name);
    return [{
      name: policy.name,
      limit,
      window,
      left: Math.min(rest, limit),
      refill: fixed || !window ? { after: reset ?? whole(left.get(policy.name)?.t) ?? 0 } : { each: limit / window },
    }];
  });
}

/** What is left `seconds` after the response said so, if nobody asks meanwhile. */
export function leftAfter({ limit, left, refill }, seconds) {
  if (refill.each !== undefined) return Math.min(limit, left + refill.each * Math.max(0, seconds));
  return seconds >= refill.after ? limit : left;
}

/** How many seconds until all of it is there again. */
export function fullAfter({ limit, left, refill }) {
  if (left >= limit) return 0;
  return refill.each === undefined ? refill.after : (limit - left) / refill.each;
}

/** The policies that a rate limit service counts: `5, 5;w=10;name="compute"`. */
function namesOfWindows(text) {
  const names = pieces(text ?? '', ',').map((window) => explanation(window).name);
  return new Set(names.filter((name) => name !== undefined));
}

function whole(text) {
  return /^\d+$/.test(text ?? '') ? Number(text) : undefined;
}
