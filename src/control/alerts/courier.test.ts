import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { silentLog } from '../../kit/log.ts';
import type { Courier, Post } from './courier.ts';
import { createCourier } from './courier.ts';

const address = { url: 'https://hooks.example.org/x', insecure: false };
const other = { url: { env: 'HOOK' }, insecure: false };

interface Sent {
  readonly id: string;
  readonly body: string;
  answer(status: number): void;
  fail(err: Error): void;
}

/** A courier whose messages wait until the test answers them; waits are a millisecond, twice. */
function bench(t: TestContext): { courier: Courier; sent: Sent[]; changes: () => number } {
  const sent: Sent[] = [];
  let changes = 0;
  const post: Post = ({ id, body }, giveUp) =>
    new Promise((answer, fail) => {
      giveUp.addEventListener('abort', () => fail(giveUp.reason as Error));
      sent.push({ id, body, answer, fail });
    });
  const courier = createCourier({
    clock: { now: () => Date.now() },
    log: silentLog,
    post,
    chance: () => 0.5,
    onChange: () => void changes++,
    waitsMs: [1, 1],
  });
  t.after(() => courier.stop());
  return { courier, sent, changes: () => changes };
}

const sentSoFar = (sent: readonly Sent[], count: number) =>
  until(`${count} messages`, () => sent.length >= count);

test('what is refused is sent again under the same id until it is taken', async (t) => {
  const { courier, sent, changes } = bench(t);
  courier.send('a', address, 'firing');
  sent[0]?.answer(500);
  await sentSoFar(sent, 2);
  assert.deepEqual(courier.told('a'), {
    at: null,
    attempts: 1,
    problem: 'It was answered with 500.',
  });
  sent[1]?.fail(new Error('connect ECONNREFUSED'));
  await sentSoFar(sent, 3);
  assert.equal(courier.told('a')?.problem, 'connect ECONNREFUSED');
  sent[2]?.answer(204);
  await until('it is taken', () => courier.told('a')?.at !== null);
  assert.deepEqual([courier.told('a')?.attempts, courier.told('a')?.problem], [3, null]);
  assert.equal(new Set(sent.map(({ id }) => id)).size, 1);
  assert.equal(changes(), 3);
  assert.equal(courier.told('b'), null);
});

test('after the last wait, or 410, it is given up', async (t) => {
  const { courier, sent } = bench(t);
  courier.send('a', address, 'firing');
  for (const count of [1, 2, 3]) {
    await sentSoFar(sent, count);
    sent[count - 1]?.answer(503);
  }
  await until('it is given up', () => courier.told('a')?.attempts === 3);
  assert.equal(courier.parcel('a')?.nextAt, null);
  courier.send('b', address, 'firing');
  await sentSoFar(sent, 4);
  sent[3]?.answer(410);
  await until('it is given up', () => courier.told('b')?.attempts === 1);
  assert.equal(courier.parcel('b')?.nextAt, null);
});

test('newer news wait for what is under way, and take the place of what has not arrived', async (t) => {
  const { courier, sent } = bench(t);
  courier.send('a', address, 'firing');
  courier.send('a', address, 'resolved');
  courier.send('a', address, 'firing again');
  assert.deepEqual(
    sent.map(({ body }) => body),
    ['firing'],
  );
  sent[0]?.answer(500);
  await sentSoFar(sent, 2);
  sent[1]?.answer(200);
  await until('it is taken', () => courier.told('a')?.at !== null);
  assert.deepEqual(
    sent.map(({ body }) => body),
    ['firing', 'firing again'],
  );
  assert.notEqual(sent[0]?.id, sent[1]?.id);
});

test('who comes and goes all the time is told of at once a few times, and then in a while', async (t) => {
  const { courier, sent } = bench(t);
  for (let times = 1; times <= 6; times++) {
    courier.send('a', address, `${times}`);
    await sentSoFar(sent, times);
    sent.at(-1)?.answer(200);
    await until('it is taken', () => courier.told('a')?.at !== null);
    courier.forget('a');
  }
  courier.send('a', address, '7');
  assert.ok((courier.parcel('a')?.nextAt ?? 0) > Date.now() + 30_000);
  assert.equal(sent.length, 6);
  courier.send('b', address, 'another');
  await sentSoFar(sent, 7);
});

test('a receiver that hangs holds up no other, and is sent two at once', async (t) => {
  const { courier, sent } = bench(t);
  // Whatever the path, it is the same host.
  for (const alert of ['a', 'b', 'c'])
    courier.send(alert, { ...address, url: `https://hooks.example.org/${alert}` }, alert);
  courier.send('d', other, 'd');
  assert.deepEqual(
    sent.map(({ body }) => body),
    ['a', 'b', 'd'],
  );
  sent[0]?.answer(200);
  await sentSoFar(sent, 4);
  assert.equal(sent[3]?.body, 'c');
});

test('what was under way when it ended is sent again by whoever goes on, with the same id', async (t) => {
  const first = bench(t);
  first.courier.send('a', address, 'firing');
  await first.courier.stop();
  const parcel = first.courier.parcel('a');
  assert.ok(parcel && parcel.takenAt === null && parcel.attempts === 0);
  const second = bench(t);
  second.courier.goOn('a', JSON.parse(JSON.stringify(parcel)) as typeof parcel);
  assert.deepEqual(
    second.sent.map(({ id, body }) => [id, body]),
    [[first.sent[0]?.id, 'firing']],
  );
  second.sent[0]?.answer(200);
  await until('it is taken', () => second.courier.told('a')?.at !== null);
  const third = bench(t);
  third.courier.goOn('a', second.courier.parcel('a') ?? assert.fail());
  assert.deepEqual(third.sent, []);
});
