import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../kit/log.ts';
import type { Applied, Gateway, GatewayState } from '../gateway/gateway.ts';
import { createGatewayKeeper } from './gateway-keeper.ts';

const state = { gateway: {}, services: {} } as unknown as GatewayState;

/** A gateway whose answers are scripted; only what the keeper calls. */
function scripted(answers: (Applied | Error)[]) {
  const calls: string[] = [];
  let running = false;
  const gateway = {
    async apply() {
      calls.push('apply');
      const answer = answers.shift() ?? { kind: 'nothing' };
      if (answer instanceof Error) throw answer;
      return answer;
    },
    async start() {
      calls.push('start');
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      running = true;
    },
    pid: () => (running ? 1 : null),
  } as unknown as Gateway;
  const changes: string[] = [];
  const logged: object[] = [];
  const keeper = createGatewayKeeper({
    clock: { now: () => 0 },
    log: { ...silentLog, info: (facts) => logged.push(facts) },
    gateway,
    state: () => state,
    emit: (event) => event.kind === 'gateway' && changes.push(event.change),
    onTold: () => undefined,
  });
  return { keeper, calls, changes, logged };
}

test('a reload is logged with its reasons and how long it took; what needs none is not', async () => {
  const { keeper, logged } = scripted([
    { kind: 'reload', reasons: ['a route is new'] },
    { kind: 'nothing' },
  ]);
  await keeper.publish();
  await keeper.publish();
  assert.deepEqual(logged, [{ reasons: ['a route is new'], tookMs: 0 }]);
});

test('a refused plan is told once and tried again each turn until it is taken', async () => {
  const refused: Applied = { kind: 'refused', problems: ['no'] };
  const { keeper, calls, changes } = scripted([refused, refused, refused, { kind: 'nothing' }]);
  assert.equal(await keeper.publish(), false);
  assert.equal(await keeper.publish(), false);
  assert.deepEqual(changes, ['refused']);
  await keeper.revive();
  assert.deepEqual(calls, ['apply', 'apply', 'start']);
});

test('a gateway that died is started again with the state of that moment', async () => {
  const { keeper, calls, changes } = scripted([]);
  await Promise.all([keeper.revive(), keeper.revive()]);
  assert.deepEqual(calls, ['start'], 'two reports of one death are one start');
  assert.deepEqual(changes, ['died', 'started']);
});

test('a start that fails is tried again at once, then at each turn', async () => {
  const failed = (times: number): Error[] =>
    Array.from({ length: times }, () => new Error('taken'));
  const quick = scripted(failed(1));
  await quick.keeper.revive();
  assert.deepEqual(quick.changes, ['died', 'started']);
  const slow = scripted(failed(12));
  await slow.keeper.revive();
  assert.deepEqual(slow.changes, ['died', 'refused']);
  const tried = slow.calls.length;
  await slow.keeper.retry();
  assert.equal(slow.calls.length, tried + 1);
});

test('what could not be told is told at the next turn, and then no more', async () => {
  const { keeper, calls } = scripted([new Error('silent')]);
  assert.equal(await keeper.publish(), false);
  await keeper.retry();
  await keeper.retry();
  assert.equal(calls.length, 2);
});

test('while nothing is behind, a turn does nothing', async () => {
  const { keeper, calls } = scripted([]);
  await keeper.publish();
  await keeper.retry();
  assert.deepEqual(calls, ['apply']);
});

test('a gateway that dies while everything stops is not brought back', async () => {
  const { keeper, calls, changes } = scripted([new Error('silent')]);
  await keeper.publish();
  await keeper.stop();
  await keeper.revive();
  await keeper.retry();
  assert.deepEqual(calls, ['apply']);
  assert.deepEqual(changes, []);
});
