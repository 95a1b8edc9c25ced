import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../test/support/temporary.ts';
import { examine } from './doctor.ts';

test('without a configuration PostgreSQL and Redis are looked for, and need not be there', async (t) => {
  const { PATH } = process.env;
  t.after(() => void (process.env['PATH'] = PATH));
  process.env['PATH'] = '/nowhere';
  const findings = await examine(null, temporaryFolder(t));
  const [postgres, redis] = ['postgresql', 'redis'].map((name) =>
    findings.find((each) => each.name === name),
  );
  assert.notEqual(postgres?.state, 'lacking');
  assert.deepEqual([redis?.state, redis?.install], ['limited', null]);
  assert.match(redis?.hint ?? '', /^Only `tasks` and `databases` need it\. Run: .*redis-server$/);
});
