// Turns the parameters of a token request into a signed token.

import { randomUUID } from 'node:crypto';

/** The request can't be granted as it stands; the message says why. */
export class InvalidRequest extends Error {}

const DEFAULT_TTL_SECONDS = 300;
const MAX_TTL_SECONDS = 24 * 60 * 60;

/**
 * Parameters: sub, aud (may repeat), scope, roles (comma-separated), ttl in seconds (negative: already expired), nbf in
 * seconds from now, alg, typ, iss, jti, and claims: a JSON object laid over the rest (a null removes a claim).
 */
export function mint(parameters, { keys, issuer, now }) {
  const algorithm = parameters.get('alg') ?? 'RS256';
  const ttl = seconds(parameters, 'ttl') ?? DEFAULT_TTL_SECONDS;
  const notBefore = seconds(parameters, 'nbf');
  const audiences = parameters.getAll('aud');
  const roles = parameters.get('roles');
  const claims = {
    iss: parameters.get('iss') ?? issuer,
    sub: parameters.get('sub') ?? 'demo',
    aud: audiences.length > 1 ? audiences : audiences[0],
    iat: now,
    nbf: notBefore === undefined ? undefined : now + notBefore,
    exp: now + ttl,
    jti: parameters.get('jti') ?? randomUUID(),
    scope: parameters.get('scope') ?? undefined,
    roles: roles === null ? undefined : roles.split(',').filter((role) => role !== ''),
    ...overrides(parameters),
  };
  for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name];

  const token = keys.sign(algorithm, { typ: parameters.get('typ') ?? 'at+jwt' }, claims);
  if (!token) throw new InvalidRequest(`alg must be one of ${keys.algorithms().join(', ')}`);
  return { access_token: token, token_type: 'Bearer', expires_in: ttl };
}

function seconds(parameters, name) {
  const text = parameters.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || Math.abs(value) > MAX_TTL_SECONDS) {
    throw new InvalidRequest(`${name} must be a whole number of seconds, at most ${MAX_TTL_SECONDS} either way`);
  }
  return value;
}

function overrides(parameters) {
  const text = parameters.get('claims');
  if (text === null) return {};
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new InvalidRequest('claims must be a JSON object');
  }
  return value;
}
