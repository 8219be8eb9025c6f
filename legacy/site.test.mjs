// node --test legacy/

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const site = new URL('./site/', import.meta.url);

test('an asset that may be kept for a year has the hash of its content in its name', () => {
  const names = readdirSync(new URL('assets/', site));
  assert.ok(names.length > 0);
  for (const name of names) {
    const hash = createHash('sha256').update(readFileSync(new URL(`assets/${name}`, site))).digest('hex').slice(0, 8);
    assert.equal(name.split('.')[1], hash, name);
  }
});

test('what the page links to is there', () => {
  const page = readFileSync(new URL('index.html', site), 'utf8');
  const links = [...page.matchAll(/(?:href|src)="\/([^"]+)"/g)].map(([, path]) => path);
  assert.ok(links.length >= 3);
  for (const link of links) assert.ok(existsSync(new URL(link, site)), link);
});
