import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fastify from 'fastify';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { addPages } from './pages.ts';

test('a page that is not built says what builds it, and is served once it is', async (t) => {
  const folder = join(temporaryFolder(t), 'dashboard');
  const app = fastify();
  t.after(() => app.close());
  addPages(app, folder);
  const before = await app.inject('/');
  assert.match(before.body, /PAGE_NOT_BUILT/);

  mkdirSync(folder);
  writeFileSync(join(folder, 'index.html'), '<title>Tidegate</title>');
  writeFileSync(join(folder, 'page.js'), 'export {};');
  const index = await app.inject('/');
  assert.deepEqual(
    [index.statusCode, index.headers['content-type'], index.body],
    [200, 'text/html; charset=utf-8', '<title>Tidegate</title>'],
  );
  const script = await app.inject('/dashboard/page.js');
  assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8');
});

test('nothing but the files of the page is served, wherever a path leads', async (t) => {
  const root = temporaryFolder(t);
  const folder = join(root, 'dashboard');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.html'), 'page');
  writeFileSync(join(folder, 'notes.txt'), 'of nobody');
  writeFileSync(join(root, 'secret.js'), 'secret');
  const app = fastify();
  t.after(() => app.close());
  addPages(app, folder);
  for (const path of ['notes.txt', '../secret.js', '..%2fsecret.js', '%2e%2e/secret.js', ''])
    assert.equal((await app.inject(`/dashboard/${path}`)).statusCode, 404, path);
});
