import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { findProject, isSamePlace } from './find-project.ts';

test('the names of this machine are one place, ports and other machines are not', () => {
  const same = (a: string, b: string): boolean => isSamePlace(new URL(a), new URL(b));
  assert.ok(same('http://localhost:8080/x', 'http://127.0.0.1:8080'));
  assert.ok(same('http://[::1]:8080', 'http://0.0.0.0:8080'));
  assert.ok(same('http://127.0.0.1', 'http://localhost:80'));
  assert.ok(same('http://example.org:81', 'http://example.org:81/'));
  assert.ok(!same('http://127.0.0.1:8080', 'http://127.0.0.1:8081'));
  assert.ok(!same('http://127.0.0.1:8080', 'http://10.0.0.1:8080'));
  assert.ok(!same('http://127.evil.example:8080', 'http://127.0.0.1:8080'));
  assert.ok(!same('http://127.0.0.1:8443', 'https://127.0.0.1:8443'));
});

test('where no project is known, a gateway gets a hint to name it and any other server none', async (t) => {
  const where = { folder: temporaryFolder(t), named: false, probeMs: 60_000 };
  const gateway = await serverSaying(t, '{"status":"ok"}');
  const other = await serverSaying(t, 'hello');
  assert.match(
    (await findProject(gateway, where)).hint ?? '',
    /is a Tidegate gateway: with -c FILE/,
  );
  assert.deepEqual(await findProject(other, where), { project: null, hint: null });
  assert.deepEqual(await findProject(new URL('http://127.0.0.1:1/'), where), {
    project: null,
    hint: null,
  });
});

test('a project that was named and does not run is told, whatever answers', async (t) => {
  const where = { folder: temporaryFolder(t), named: true };
  const { hint } = await findProject(await serverSaying(t, 'hello'), where);
  assert.match(hint ?? '', /its control plane is not running/);
});

async function serverSaying(t: TestContext, text: string): Promise<URL> {
  const server = createServer((_, answer) => answer.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api?x=1`);
}
