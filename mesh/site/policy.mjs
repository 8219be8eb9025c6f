// The page of the rules: each filter's configuration as `envoy/chain.yaml` has it, with a place to link to for each entry.

/** The page. `stylesheet` is the name of the asset, `references` where each filter's rules are described. */
export function policyPage(chain, { stylesheet, references }) {
  const sections = Object.entries(references).map(([filter, reference]) => section(filter, reference, configurationOf(chain, filter)));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'">
    <title>The rules at the edge</title>
    <meta name="description" content="What the demo mesh tells each of its five filters.">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="/images/edge.png">
    <link rel="stylesheet" href="/assets/${stylesheet}">
  </head>
  <body>
    <header>
      <img src="/images/edge.png" alt="" width="48" height="48">
      <div>
        <h1>The rules at the edge</h1>
        <p>What <code>envoy/chain.yaml</code> tells each of the five filters, in the order in which a request passes them. <a href="/">Send a request</a>.</p>
      </div>
    </header>
    <main class="rules">
${sections.join('\n')}
    </main>
  </body>
</html>
`;
}

function section(filter, reference, lines) {
  return `      <section class="full" aria-labelledby="${filter}">
        <h2 id="${filter}">${filter}</h2>
        <p><a href="${escaped(reference)}">Reference<span class="hidden"> of ${filter}</span></a></p>
        <pre tabindex="0" role="region" aria-label="The configuration of ${filter}">${entries(lines).map((entry) => shown(filter, entry)).join('')}</pre>
      </section>`;
}

function shown(filter, { path, lines }) {
  const text = lines.map((line) => `${escaped(line)}\n`).join('');
  return path === undefined ? text : `<span class="entry" id="${filter}.${path}">${text}</span>`;
}

/** The lines of a filter's configuration in the chain, without the indentation of the whole. */
export function configurationOf(chain, filter) {
  const lines = chain.split('\n');
  const begin = lines.findIndex((line) => line === `          - name: ${filter}`);
  const value = lines.findIndex((line, index) => index > begin && /^ +value:$/.test(line));
  if (begin < 0 || value < 0) throw new Error(`the chain has no configuration of ${filter}`);
  const indent = lines[value].indexOf('value') + 2;
  const found = lines.slice(value + 1);
  const length = found.findIndex((line) => indentOf(line) < indent);
  return found.slice(0, length).map((line) => line.slice(indent));
}

/**
 * The lines by entry, `{path, lines}`: a field of the first level with a value beside it, else each member of its list or map.
 * Comments, and the names of fields, belong to none.
 */
export function entries(lines) {
  const found = [];
  let field;
  let number = 0;
  for (const line of lines) {
    const [, name, value] = /^(\w+):(.*)$/.exec(line) ?? [];
    const [, member] = /^ {2}([\w-]+):/.exec(line) ?? [];
    let path;
    if (name !== undefined) {
      field = name;
      number = 0;
      path = value === '' ? undefined : name;
    } else if (line.startsWith('- ')) {
      path = `${field}.${number}`;
      number += 1;
    } else if (member !== undefined && number === 0) {
      path = `${field}.${member}`;
    }
    const goesOn = path === undefined && indentOf(line) >= (number > 0 ? 2 : 4) && found.at(-1)?.path !== undefined;
    if (goesOn) found.at(-1).lines.push(line);
    else found.push({ path, lines: [line] });
  }
  return found;
}

function indentOf(line) {
  return line.search(/\S|$/);
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
