// node --test mesh/site/

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configurationOf, entries, policyPage } from './policy.mjs';

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

const asset = (stem, type = 'js') => readdirSync(new URL('assets/', site)).find((file) => new RegExp(`^${stem}\\.\\w+\\.${type}$`).test(file));
const { REFERENCES } = await import(new URL(`assets/${asset('rules')}`, site));
const repository = new URL('../../', import.meta.url);
const chain = readFileSync(new URL('envoy/chain.yaml', repository), 'utf8');

test('the page of the rules says what the chain says', () => {
  const page = readFileSync(new URL('policy.html', site), 'utf8');
  const expected = policyPage(chain, { stylesheet: asset('page', 'css'), references: REFERENCES });
  assert.equal(page, expected, 'run node mesh/site/name-assets.mjs');
  for (const place of ['jwt-auth.rules.4', 'jwt-auth.providers.demo', 'rate-limit.policies.per_client', 'rate-limit.global', 'geo-routing.client.0',
    'geo-routing.rules.3', 'compression-negotiation.prefer', 'compression-negotiation.min_length', 'cache-headers.rules.2']) {
    assert.ok(page.includes(`id="${place}"`), place);
  }
});

test('each filter’s rules are described where the page says', () => {
  const home = readFileSync(new URL('Cargo.toml', repository), 'utf8').match(/^repository = "(.*)"$/m)[1];
  for (const [filter, reference] of Object.entries(REFERENCES)) {
    const [, path, anchor] = reference.match(/^(?:.*)\/blob\/main\/(.*)#(.*)$/);
    assert.ok(reference.startsWith(`${home}/blob/main/`), filter);
    const headings = readFileSync(new URL(path, repository), 'utf8').matchAll(/^#+ (.*)$/gm);
    assert.ok([...headings].some(([, heading]) => heading.toLowerCase().replaceAll(' ', '-') === anchor), reference);
  }
});

for (const [name, lines, expected] of [
  ['a field with its value', ['a: 1'], [['a', 1]]],
  ['a list', ['a:', '- b', '- c'], [[undefined, 1], ['a.0', 1], ['a.1', 1]]],
  ['an item of several lines', ['a:', '- b:', '    c: 1', '  d: 2', 'e: 3'], [[undefined, 1], ['a.0', 3], ['e', 1]]],
  ['a map', ['a:', '  b: 1', '  c-d:', '    e: 1'], [[undefined, 1], ['a.b', 1], ['a.c-d', 2]]],
  ['comments', ['# x', 'a:', '# y', '- b', '# z', 'c: 1'], [[undefined, 1], [undefined, 1], [undefined, 1], ['a.0', 1], [undefined, 1], ['c', 1]]],
]) {
  test(`entries: ${name}`, () => assert.deepEqual(entries(lines).map((entry) => [entry.path, entry.lines.length]), expected));
}

test('a filter that the chain doesn’t have is told', () => {
  assert.throws(() => configurationOf(chain, 'nosuch'), /no configuration of nosuch/);
});

test('the wish for a coding comes to the rule that the page names', async () => {
  const { decidedBy } = await import(new URL(`assets/${asset('rules')}`, site));
  const rules = entries(configurationOf(chain, 'compression-negotiation'));
  for (const coding of ['zstd', 'br', 'gzip', 'identity']) {
    const answer = { status: 200, field: () => null, text: '' };
    const [named] = decidedBy(answer, { request: { rules: {} }, coding })['compression-negotiation'];
    const rule = rules.find(({ path }) => path === named.replace(/\[(\d+)\]/, '.$1'));
    assert.ok(rule.lines[0].includes(`x-demo-coding: ${coding}}`), `${coding}: ${rule.lines[0]}`);
  }
});
