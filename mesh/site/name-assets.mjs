// Gives each asset the hash of its content as part of its name, and tells whoever refers to it: node mesh/site/name-assets.mjs
// Writes the page of the rules anew besides. To be run after any change of mesh/site or of envoy/chain.yaml; a test says so when it was
// forgotten.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { policyPage } from './policy.mjs';

const site = new URL('./public/', import.meta.url);
const folder = new URL('assets/', site);
const REFERENCE = /([\w-]+)\.[0-9a-f]{8}\.(js|css)\b/g;

const files = new Map(readdirSync(folder).map((file) => [file.replace(REFERENCE, '$1.$2'), file]));
const named = new Map();

/** The new name of an asset; what it refers to is named first, since its name is part of the content. */
function name(plain) {
  if (named.has(plain)) return named.get(plain);
  const file = new URL(files.get(plain), folder);
  const content = retold(readFileSync(file, 'utf8'));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const fresh = plain.replace(/(\.\w+)$/, `.${hash}$1`);
  writeFileSync(file, content);
  renameSync(file, new URL(fresh, folder));
  named.set(plain, fresh);
  return fresh;
}

function retold(content) {
  return content.replaceAll(REFERENCE, (reference, stem, type) => (files.has(`${stem}.${type}`) ? name(`${stem}.${type}`) : reference));
}

for (const plain of files.keys()) name(plain);
const page = new URL('index.html', site);
writeFileSync(page, retold(readFileSync(page, 'utf8')));
const { REFERENCES } = await import(new URL(named.get('rules.js'), folder));
const chain = readFileSync(new URL('../../envoy/chain.yaml', import.meta.url), 'utf8');
writeFileSync(new URL('policy.html', site), policyPage(chain, { stylesheet: named.get('page.css'), references: REFERENCES }));
