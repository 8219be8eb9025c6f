// The choices in the page's address: a link that is sent to somebody brings the same request.

/** The page's query for these choices, `{name: value}`; what is as at first isn't in it. */
export function queryOf(choices, atFirst) {
  const changed = Object.entries(choices).filter(([name, value]) => value !== atFirst[name]);
  return new URLSearchParams(changed).toString();
}

/**
 * The choices that a query makes. Names that aren't chosen by and values that can't be chosen stay as at first: `options`
 * has the values of each list, `lengths` how long a text may be.
 */
export function choicesOf(query, atFirst, { options, lengths }) {
  const choices = { ...atFirst };
  for (const [name, value] of new URLSearchParams(query)) {
    if (!Object.hasOwn(atFirst, name)) continue;
    const isListed = options[name]?.includes(value);
    const fits = lengths[name] !== undefined && value.length <= lengths[name];
    if (isListed || fits) choices[name] = value;
  }
  return choices;
}
