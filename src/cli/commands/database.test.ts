import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../../test/support/command.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { register } from './database.ts';

const URL = 'postgres://someone:hidden@db.example.org:5432/shop';

test('the address of an external database is what the configuration says, or where it comes from', async (t) => {
  const file = join(temporaryFolder(t), 'tidegate.config.json');
  const databases = {
    main: { kind: 'postgres', url: URL },
    cache: { kind: 'redis', url: { env: 'SHOP_REDIS' } },
    other: { kind: 'redis', url: { file: '/etc/shop/redis' } },
    own: { kind: 'redis' },
  };
  writeFileSync(file, JSON.stringify({ services: { web: { command: 'web' } }, databases }));
  const url = (name: string, ...more: string[]): ReturnType<typeof runCommand> =>
    runCommand(register, ['database', 'url', name, '-c', file, ...more]);

  assert.deepEqual((await url('main')).out, [URL]);
  assert.deepEqual(JSON.parse((await url('main', '--json')).out[0] as string), {
    name: 'main',
    url: URL,
  });
  for (const [name, code, says] of [
    ['cache', 1, /environment variable SHOP_REDIS/],
    ['other', 1, /the file \/etc\/shop\/redis/],
    ['own', 1, /own does not run.*`tidegate up`/s],
    ['mian', 2, /There is no database named "mian".*Did you mean main\?/s],
  ] as const) {
    const ran = await url(name);
    assert.deepEqual([ran.code, ran.out], [code, []], name);
    assert.match(ran.err.join('\n'), says);
  }
});
