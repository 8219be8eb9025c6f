// Demo tokens: minted by the identity provider, kept until they would expire, never stored.

const kept = new Map();

/** The identity provider gave no token; `status` is what it answered, `undefined` when nothing did. */
export class NotMinted extends Error {
  constructor(status) {
    super(status === undefined ? 'no answer' : `it answered ${status}`);
    this.name = 'NotMinted';
    this.status = status;
  }
}

/** A token for these parameters of `/idp/token`, a new one shortly before the last one expires. */
export async function minted(query, now = Date.now()) {
  const known = kept.get(query);
  if (known && now < known.until) return known.token;
  const response = await fetch(`/idp/token?${query}`, { method: 'POST', cache: 'no-store' }).catch(() => {
    throw new NotMinted();
  });
  if (!response.ok) throw new NotMinted(response.status);
  const { access_token: token, expires_in: seconds } = await response.json();
  // An expired one stays as good as it is.
  kept.set(query, { token, until: now + (seconds < 0 ? 300 : seconds - 30) * 1000 });
  return token;
}

/** After the keys were changed, say: tokens are minted anew. */
export function forgetTokens() {
  kept.clear();
}

/** The claims that a token carries, whether or not they are true; `undefined` when it has none. */
export function claimsOf(token) {
  try {
    return JSON.parse(new TextDecoder().decode(bytesOf(token.split('.')[1])));
  } catch {
    return undefined;
  }
}

/** The same token with another name in it, and the signature that was made for the old one. */
export function tamperedWith(token) {
  const [header, , signature] = token.split('.');
  const bytes = new TextEncoder().encode(JSON.stringify({ ...claimsOf(token), sub: 'mallory' }));
  const claims = btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${header}.${claims}.${signature}`;
}

/** Base64url (RFC 4648 §5). */
function bytesOf(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
