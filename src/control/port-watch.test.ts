import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { silentLog } from '../kit/log.ts';
import type { Engine } from '../engine/engine.ts';
import { watchPort } from './port-watch.ts';
import type { Replica, Roster } from './roster.ts';
import type { ServiceProblem } from './view.ts';

/** A starting replica that was given port 21730, and what was said of it while it listened on those ports. */
function scene(listensOn: () => readonly number[] | null, service = 'app') {
  const problems: ServiceProblem[] = [];
  const notes: string[] = [];
  let looks = 0;
  const replica = {
    id: `${service}-1`,
    service,
    state: 'starting',
    address: { host: '127.0.0.1', port: 21730 },
  } as unknown as Replica;
  const engine = {
    async listensOn() {
      looks++;
      return listensOn();
    },
  } as unknown as Engine;
  const roster = {
    note: (_replica: Replica, _now: number, note: string) => void notes.push(note),
  } as unknown as Roster;
  const stop = watchPort(
    {
      clock: { now: () => 7 },
      log: silentLog,
      engine,
      roster,
      onProblem: (_, problem) => problems.push(problem),
    },
    replica,
    0,
  );
  return { problems, notes, stop, looks: () => looks };
}

test('a replica that listens on another port is told once, with its port and what to do', async (t) => {
  const { problems, notes, stop } = scene(() => [3000, 9229]);
  t.after(stop);
  await until('it is told', () => notes.length > 0);
  const said =
    'does not listen on $PORT (21730); it listens on 3000, 9229. ' +
    'Listen on the port in the environment variable PORT, or put $PORT into the command.';
  assert.deepEqual(notes, [said]);
  assert.deepEqual(problems, [{ code: 'WRONG_PORT', message: `app-1 ${said}`, at: 7, log: [] }]);
});

test('one of our own waits for what it needs: there is no command to put a port into', async (t) => {
  const { problems, stop } = scene(() => [], 'tidegate-tasks');
  t.after(stop);
  const { message } = await until('it is told', () => problems[0]);
  assert.match(message, /^tidegate-tasks-1 does not listen yet: it waits .* its database\./);
  assert.match(message, /tidegate logs tidegate-tasks$/);
});

test('one that listens on nothing is told so once, and again when it turns out to listen elsewhere', async (t) => {
  let ports: readonly number[] = [];
  const { problems, looks, stop } = scene(() => ports);
  t.after(stop);
  await until('a second look', () => looks() >= 2);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['NOT_LISTENING'],
  );
  assert.match(problems[0]?.message ?? '', /it listens on no port yet/);
  ports = [3000];
  await until('it is told', () => problems.at(-1)?.code === 'WRONG_PORT');
});

test('its own port, or ports that cannot be seen, are no problem', async (t) => {
  for (const ports of [[3000, 21730], null]) {
    const { problems, looks, stop } = scene(() => ports);
    t.after(stop);
    await until('a look', () => looks() >= 1);
    assert.deepEqual(problems, []);
  }
});
