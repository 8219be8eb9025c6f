// node --test mesh/site/

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const site = new URL('./public/', import.meta.url);

test('an asset that may be kept for a year has the hash of its content in its name', () => {
  const names = readdirSync(new URL('assets/', site));
  assert.ok(names.length > 0);
  for (const name of names) {
    const hash = createHash('sha256').update(readFileSync(new URL(`assets/${name}`, site))).digest('hex').slice(0, 8);
    assert.equal(name.split('.')[1], hash, `${name}: run node mesh/site/name-assets.mjs`);
  }
});

test('what an asset refers to is there', () => {
  const assets = new URL('assets/', site);
  for (const name of readdirSync(assets)) {
    const references = readFileSync(new URL(name, assets), 'utf8').matchAll(/from '\.\/([^']+)'/g);
    for (const [, reference] of references) assert.ok(existsSync(new URL(reference, assets)), `${name}: ${reference}`);
  }
});

test('the page keeps its own content security policy', () => {
  const page = readFileSync(new URL('index.html', site), 'utf8');
  assert.match(page, /http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.doesNotMatch(page, /<style|<script(?![^>]* src=)|\son\w+=|\sstyle=|https?:/);
});

test('what the page links to is there', () => {
  const page = readFileSync(new URL('index.html', site), 'utf8');
  const links = [...page.matchAll(/(?:href|src)="\/([^"]+)"/g)].map(([, path]) => path);
  assert.ok(links.length >= 3);
  for (const link of links) assert.ok(existsSync(new URL(link, site)), link);
});
