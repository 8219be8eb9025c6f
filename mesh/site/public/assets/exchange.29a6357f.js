// One request and all that can be known of its answer.

/**
 * Sends it. Gives `{status, statusText, field, fields, text, bytes, sent, milliseconds, at}`: `bytes` is the content's
 * length, `sent` what came over the wire of it (`undefined` where the browser doesn't say), `at` the time of the answer.
 * Rejects when nothing answers.
 */
export async function exchange({ request, fields, token }) {
  const url = new URL(request.path, location.origin);
  // The browser's record of each request is found by its address.
  url.searchParams.set('n', String((number += 1)));
  const headers = token === undefined ? fields : { ...fields, authorization: `Bearer ${token}` };
  const started = performance.now();
  const response = await fetch(url, { method: request.method, headers, body: request.body, cache: 'no-store' });
  const content = await response.arrayBuffer();
  const milliseconds = performance.now() - started;
  return {
    status: response.status,
    statusText: response.statusText,
    field: (name) => response.headers.get(name),
    fields: [...response.headers],
    text: new TextDecoder().decode(content),
    bytes: content.byteLength,
    sent: await sentBytes(url.href, response.headers),
    milliseconds,
    at: performance.now(),
  };
}

/** The length of the content as it was sent, from the Resource Timing entry, which may come a moment after the content. */
async function sentBytes(address, headers) {
  if (!headers.has('content-encoding') && headers.has('content-length')) return Number(headers.get('content-length'));
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const entry = performance.getEntriesByName(address, 'resource').at(-1);
    if (entry && entry.encodedBodySize > 0) return entry.encodedBodySize;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}

let number = 0;

// The browser keeps no more than 250 entries otherwise, and then no new ones.
globalThis.performance?.addEventListener?.('resourcetimingbufferfull', () => performance.clearResourceTimings());
