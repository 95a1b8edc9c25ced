import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { runCommand } from '../../../test/support/command.ts';
import { service, shadow, view } from '../../../test/support/fake-control.ts';
import { folderOf, startFakeWeb } from '../../../test/support/fake-web.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { stateFolder } from '../../state/folder.ts';
import { openStore } from '../../state/open.ts';
import { register } from './explain.ts';

const FIRST_AT = new Date(2026, 2, 1, 10, 24, 18).getTime();

test('a queue is no service, and who works it off is told', async (t) => {
  const web = await startFakeWeb(t);
  const { current } = web.control;
  const queues = [
    { name: 'default', service: 'worker' },
    { name: 'pulled', service: null },
  ] as unknown as typeof current.tasks.queues;
  web.control.current = { ...current, tasks: { ...current.tasks, queues } };
  const file = `${folderOf(t, web)}/x.json`;
  const explain = async (name: string): Promise<string> => {
    const { code, err } = await runCommand(register, ['explain', name, '-c', file]);
    assert.equal(code, 2);
    return err.join('\n');
  };
  assert.match(await explain('default'), /is a queue.*`tidegate explain worker`/s);
  assert.match(await explain('pulled'), /is a queue.*not scaled here/s);
  assert.match(await explain('nobody'), /The services are: api/);
});

test('what shadows would have done stands below, and the decisions of one policy are asked for by its name', async (t) => {
  const web = await startFakeWeb(t);
  web.control.current = view({ services: [service({ shadows: [shadow()] })] });
  const file = `${folderOf(t, web)}/x.json`;
  const explain = async (...args: string[]): Promise<readonly string[]> =>
    (await runCommand(register, ['explain', 'api', ...args, '-c', file])).out;

  const [title, cost] = (await explain()).slice(-2);
  assert.match(
    title ?? '',
    /^shadow target: would have had 2 since .*, because cpu 83 % is above 70 %/,
  );
  assert.equal(
    cost,
    '  in the last 24 h 36.0 replica-hours, −25 % against the 48.0 of linear (had it decided, latency would have been another)',
  );
  assert.deepEqual(JSON.parse((await explain('--json'))[0] ?? '').shadows[0].policy, 'target');

  const decisions = await explain('--policy', 'target', '--last', '2');
  assert.ok(!decisions.some((line) => line.startsWith('shadow')));
  assert.ok(
    web.control.asked.some((each) =>
      isDeepStrictEqual(each, ['decisions', 'api', { last: 2, policy: 'target' }]),
    ),
  );
  const wrong = await runCommand(register, ['explain', 'api', '--policy', 'hpa', '-c', file]);
  assert.equal(wrong.code, 2);
});

test('without a control plane the stored decisions are shown, and that it is not running', async (t) => {
  const folder = temporaryFolder(t);
  const state = stateFolder(folder);
  mkdirSync(state.path, { mode: 0o700 });
  const store = openStore(state.database, { now: () => FIRST_AT });
  store.decisions.insert({
    service: 'api',
    at: FIRST_AT,
    until: FIRST_AT,
    times: 1,
    policy: 'linear',
    current: 2,
    raw: 3,
    stabilised: 3,
    limited: 3,
    desired: 3,
    applied: 3,
    binding: 'none',
    reasons: [{ kind: 'above', signal: 'cpu', value: 0.9, threshold: 0.7 }],
    signals: { cpu: 0.9 },
  });
  store.close();
  const explain = (...args: string[]): ReturnType<typeof runCommand> =>
    runCommand(register, ['explain', 'api', ...args, '-c', `${folder}/x.json`]);

  const plain = await explain();
  assert.equal(plain.code, 1);
  assert.deepEqual(plain.out, ['2026-03-01 10:24:18  2 → 3 replicas', '  cpu 90 % is above 70 %']);
  assert.match(plain.err[0] as string, /is not running/);

  assert.deepEqual((await explain('--at', '2026-03-02')).out, plain.out);
  assert.deepEqual((await explain('--at', '2026-02-01')).out, [
    'api: nothing before 2026-03-01 10:24:18.',
  ]);
  const json = await explain('--json');
  assert.deepEqual([json.code, json.out.length], [1, 1]);
  assert.match(json.out[0] as string, /CONTROL_NOT_RUNNING/);
});
