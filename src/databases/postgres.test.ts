import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { MAIN, query, stateFolderOf } from '../../test/support/databases.ts';
import { openHome } from './home.ts';
import { serverAccount } from './kinds.ts';
import { postgresKind } from './postgres.ts';

test('data that is still being made for somebody who was killed is left out of what is made now', async (t) => {
  const { folder, nonce, open } = stateFolderOf(t);
  const own = join(folder, 'databases/main');
  const premises = {
    folder: join(folder, 'databases'),
    placeOf: () => '1',
    nonce,
    elsewhere: null,
  };
  const { site } = openHome(premises, 'main', serverAccount(postgresKind));
  const orphan = postgresKind.prepare(site, 1).catch(() => 'gave up');
  const isAtWork = (): boolean =>
    readdirSync(own).some(
      (each) => each.startsWith('data.new') && existsSync(join(own, each, 'global')),
    );
  await until('it is at work', isAtWork);

  const databases = open([MAIN]);
  await databases.start();
  assert.deepEqual(await query(databases.url('main'), 'select 7'), [7]);
  assert.equal(await orphan, 'gave up');
  assert.deepEqual(readdirSync(own).toSorted(), ['data', 'password', 'server.json']);
});
