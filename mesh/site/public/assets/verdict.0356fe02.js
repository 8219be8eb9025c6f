// Who answered a request, and what that means, in words.

import { explanation } from './fields.0ed4a646.js';

/** The filters in the order in which a request passes them. */
export const FILTERS = ['jwt-auth', 'rate-limit', 'geo-routing', 'compression-negotiation', 'cache-headers'];

const OWN_PROBLEM = 'urn:edge-filters:problem:';

/** The problem document in an answer (RFC 9457); `undefined` when there is none. */
export function problemOf({ field, text }) {
  if (!(field('content-type') ?? '').startsWith('application/problem+json')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The filter that answered in place of the backend, or `backend`, or `envoy` where the backend couldn't be had. Filters
 * that a request didn't reach leave no field behind, and that tells them apart.
 */
export function answeredBy(answer) {
  const { status, field } = answer;
  const problem = problemOf(answer);
  const reply = problem !== undefined && ((problem.type ?? '').startsWith(OWN_PROBLEM) || status === 429);
  if (reply && field('ratelimit') === null) return 'jwt-auth';
  if (reply && field('x-edge-geo') === null) return 'rate-limit';
  if (reply && explanation(field('x-edge-geo')).decision !== 'route') return 'geo-routing';
  if (reply && status === 406) return 'compression-negotiation';
  return status >= 502 && status <= 504 && field('x-envoy-upstream-service-time') === null ? 'envoy' : 'backend';
}

/** For each filter `passed`, `refused` or `unreached`. */
export function outcomes(answer) {
  const at = FILTERS.indexOf(answeredBy(answer));
  const outcome = (index) => (at < 0 || index < at ? 'passed' : index === at ? 'refused' : 'unreached');
  return Object.fromEntries(FILTERS.map((filter, index) => [filter, outcome(index)]));
}

/** The answer in a sentence: `{tone, title, detail}`, `tone` is `good`, `refused` or `failed`. */
export function verdict(answer) {
  const by = answeredBy(answer);
  const upstream = answer.field('x-edge-upstream') ?? 'the backend';
  const status = `${answer.status} ${REASONS[answer.status] ?? answer.statusText}`.trim();
  if (by === 'envoy') {
    return {
      tone: 'failed',
      title: `${status}: ${upstream} can’t be reached`,
      detail: 'The filters let the request pass, but nobody is there to answer it. It works again as soon as the backend is '
        + 'back; nothing at the edge has to be restarted.',
    };
  }
  if (by !== 'backend') {
    const problem = problemOf(answer);
    const failed = answer.status >= 500;
    return {
      tone: failed ? 'failed' : 'refused',
      title: `${status}: ${failed ? 'not decided by' : 'refused by'} ${by}`,
      detail: failed ? `${sentence(problem.title)} ${UNDECIDED[by] ?? ''}`.trim() : sentence(problem.title),
    };
  }
  if (answer.status >= 400) {
    return { tone: 'failed', title: `${status} from ${upstream}`, detail: 'The filters let it pass; the backend answered so.' };
  }
  return { tone: 'good', title: `${status} from ${upstream}`, detail: 'All five filters let it pass.' };
}

/** The same for what never became an answer. */
export function silence(error) {
  if (error?.name === 'NotMinted') {
    const refused = error.status === 429;
    return {
      tone: refused ? 'refused' : 'failed',
      title: refused ? 'No token: your quota is used up' : 'No token: the identity provider doesn’t answer',
      detail: refused
        ? 'Minting a token passes the filters too. Wait until the quota has refilled, then send again.'
        : 'Choose “None” to go on without one. Tokens that were minted before stay good: jwt-auth keeps the keys it knows.',
    };
  }
  return {
    tone: 'failed',
    title: 'The edge doesn’t answer',
    detail: 'Envoy isn’t running, or not at this address any more. Start the mesh again and send once more.',
  };
}

function sentence(title) {
  return title ? `${title}.` : '';
}

const UNDECIDED = {
  'jwt-auth': 'That is no fault of the token: the keys to judge it by can’t be had right now.',
  'rate-limit': 'That is no fault of the client: who counts can’t be reached right now.',
};

/** HTTP/2 has no reason phrases (RFC 9113 §8.3.1), and not every proxy knows that of 451. */
const REASONS = {
  200: 'OK', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 406: 'Not Acceptable',
  429: 'Too Many Requests', 451: 'Unavailable For Legal Reasons', 502: 'Bad Gateway', 503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
