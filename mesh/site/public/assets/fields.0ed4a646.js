// Reads the header fields that the filters write.

/** What lies between separators that are not inside a quoted string, without the space around it. */
export function pieces(text, separator) {
  const found = [];
  let piece = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted && character === '\\') {
      piece += character + (text[at + 1] ?? '');
      at += 1;
      continue;
    }
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) {
      found.push(piece.trim());
      piece = '';
    } else {
      piece += character;
    }
  }
  found.push(piece.trim());
  return found.filter((part) => part !== '');
}

/** A string without its quotation marks (RFC 9110 §5.6.4); anything else as it is. */
export function unquoted(text) {
  return /^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text;
}

/** `name=value` pairs as an object; a name alone is `true`, names are in lower case. */
function pairs(parts) {
  const named = parts.map((part) => {
    const at = part.indexOf('=');
    return at < 0
      ? [part.toLowerCase(), true]
      : [part.slice(0, at).trim().toLowerCase(), unquoted(part.slice(at + 1).trim())];
  });
  return Object.fromEntries(named);
}

/** A list of names with parameters (RFC 9651 §3.1): `"a";q=5;w=1, "b";q=9` as `[{name: 'a', q: '5', w: '1'}, …]`. */
export function namedList(text) {
  return pieces(text ?? '', ',').map((member) => {
    const [name = '', ...parameters] = pieces(member, ';');
    return { ...pairs(parameters), name: unquoted(name) };
  });
}

/** What a filter explains: `zstd; asked=br` as `{value: 'zstd', asked: 'br'}`; without a value of its own, pairs only. */
export function explanation(text) {
  const parts = pieces(text ?? '', ';');
  const [first] = parts;
  if (first === undefined) return {};
  const isPair = /^[\w-]+=/.test(first);
  return isPair ? pairs(parts) : { ...pairs(parts.slice(1)), value: unquoted(first) };
}

/** The directives of Cache-Control and of the fields for CDNs (RFC 9111 §5.2, RFC 9213). */
export function directives(text) {
  return pairs(pieces(text ?? '', ','));
}

/** A challenge (RFC 9110 §11.6.1): `Bearer realm="x", error="y"` as `{scheme: 'Bearer', realm: 'x', error: 'y'}`. */
export function challenge(text) {
  const [scheme = '', rest = ''] = (text ?? '').match(/^(\S+)\s*(.*)$/s)?.slice(1) ?? [];
  return { ...pairs(pieces(rest, ',')), scheme };
}
