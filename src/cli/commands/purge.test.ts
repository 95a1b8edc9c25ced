import assert from 'node:assert/strict';
import { test } from 'node:test';
import { view } from '../../../test/support/fake-control.ts';
import { runCommand } from '../../../test/support/command.ts';
import { folderOf, startFakeWeb } from '../../../test/support/fake-web.ts';
import { register } from './purge.ts';

test('purge forgets one route or all, and says which', async (t) => {
  const web = await startFakeWeb(t);
  const where = ['-c', `${folderOf(t, web)}/tidegate.config.ts`];
  const purge = (...args: string[]) => runCommand(register, ['purge', ...args, ...where]);
  assert.deepEqual((await purge('/products/*')).out, ['Nothing of /products/* is kept any more.']);
  const { out } = await purge('--all', '--json');
  assert.deepEqual(JSON.parse(out[0] as string), { purged: ['/products/*'] });
  assert.deepEqual(web.control.asked, [
    ['purge', '/products/*'],
    ['purge', null],
  ]);
  web.control.current = view({ caches: [] });
  assert.deepEqual((await purge('--all')).out, ['No route has a cache.']);
});

test('purge of nothing, of two things and of an unknown route ends with 2', async (t) => {
  const web = await startFakeWeb(t);
  const where = ['-c', `${folderOf(t, web)}/tidegate.config.ts`];
  for (const [args, code] of [
    [[], 'BAD_ARGUMENT'],
    [['/products/*', '--all'], 'BAD_ARGUMENT'],
    [['/*'], 'UNKNOWN_CACHE'],
  ] as const) {
    const { out, code: exitCode } = await runCommand(register, [
      'purge',
      ...args,
      '--json',
      ...where,
    ]);
    assert.equal(exitCode, 2);
    assert.equal((JSON.parse(out[0] as string) as { code: string }).code, code);
  }
});
