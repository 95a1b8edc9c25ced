import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { freePort } from '../../test/support/ports.ts';
import { until } from '../../test/support/until.ts';

test('the site serves its files with their types, and nothing beside them', async (t) => {
  const url = await start(t);
  const page = await fetch(`${url}/`);
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  const html = await page.text();
  for (const [, path] of html.matchAll(/(?:href|src)="(\/[^"]*)"/g)) {
    assert.equal((await fetch(url + path)).status, 200, `${path} is linked and there`);
  }
  for (const path of ['/nothing', '/server.js', '/..%2fserver.js', '/notes']) {
    assert.equal((await fetch(url + path)).status, 404, path);
  }
  assert.equal((await fetch(`${url}/`, { method: 'POST' })).status, 405);
});

test('what the reader has already is not sent again', async (t) => {
  const url = await start(t);
  const etag = (await fetch(`${url}/assets/site.css`)).headers.get('etag') as string;
  const again = await fetch(`${url}/assets/site.css`, { headers: { 'if-none-match': etag } });
  assert.deepEqual([again.status, await again.text()], [304, '']);
});

test('without a site the ladder says at once what to run', async () => {
  const port = await freePort();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'ladder.js')],
    { encoding: 'utf8', env: { ...process.env, TIDEGATE_GATEWAY_PORT: `${port}` } },
  );
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(
    stderr,
    new RegExp(`^Nobody answers at http://127\\.0\\.0\\.1:${port} .*\n.*bin/tidegate up`),
  );
});

async function start(t: TestContext): Promise<string> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'server.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PORT: `${port}`, HOST: '127.0.0.1' },
  });
  t.after(() => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  await until('the site is up', async () => (await fetch(`${url}/health`).catch(() => null))?.ok);
  return url;
}
