import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { TidegateError } from '../../kit/errors.ts';
import { planLoad } from './load-plan.ts';
import type { LoadOptions } from './load-options.ts';

const URL_HERE = 'http://127.0.0.1:8080/api';
const NONE: LoadOptions = { header: [], expect: [], report: [] };

function refusal(options: Partial<LoadOptions>, url = URL_HERE): TidegateError {
  try {
    planLoad(url, { ...NONE, ...options });
  } catch (thrown) {
    assert.ok(thrown instanceof TidegateError, String(thrown));
    assert.equal(thrown.exitCode, 2);
    return thrown;
  }
  return assert.fail(`${JSON.stringify(options)} was taken`);
}

test('without options ten users ask for ten seconds', () => {
  const { loop, durationS, asked, target } = planLoad(URL_HERE, NONE);
  assert.equal(loop.kind, 'closed');
  assert.equal(loop.stages.at(-1)?.atS, 10);
  assert.deepEqual(
    [durationS, asked, target.timeoutMs],
    [10, 'Closed loop, 10 users for 10 s', 30_000],
  );
  assert.deepEqual(
    target.requests.map(({ method }) => method),
    ['GET'],
  );
});

test('a rate is an open loop, steady or by stages from there on', () => {
  const steady = planLoad(URL_HERE, { ...NONE, rate: '20', duration: '1m' });
  assert.deepEqual(steady.loop, {
    kind: 'open',
    stages: [
      { atS: 0, rps: 20 },
      { atS: 60, rps: 20 },
    ],
  });
  const staged = planLoad(URL_HERE, { ...NONE, rate: '20', stages: '10s:50,0s:5,10s:5' });
  assert.equal(staged.loop.kind, 'open');
  assert.deepEqual([staged.loop.stages[0], staged.durationS], [{ atS: 0, rps: 20 }, 20]);
  const users = planLoad(URL_HERE, { ...NONE, users: '5', stages: '10s:50' });
  assert.deepEqual([users.loop.kind, users.loop.stages[0]], ['closed', { atS: 0, users: 5 }]);
});

test('a trace is played as fast and as high as asked', (t) => {
  const trace = join(temporaryFolder(t), 'day.csv');
  writeFileSync(trace, 't_seconds,requests_per_second\n0,10\n60,20\n');
  const plan = planLoad(URL_HERE, { ...NONE, trace, speed: '60', multiply: '2' });
  assert.equal(plan.durationS, 2);
  assert.deepEqual(plan.loop.stages[0], { atS: 0, rps: 20 });
});

test('a body makes it a POST, and a file of URLs says what is asked for', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'body'), 'x');
  writeFileSync(join(folder, 'urls'), '3 /a\n1 DELETE /b\n');
  const method = (options: Partial<LoadOptions>): readonly string[] =>
    planLoad(URL_HERE, { ...NONE, ...options }).target.requests.map((each) => each.method);
  assert.deepEqual(method({ body: 'x' }), ['POST']);
  assert.deepEqual(method({ bodyFile: join(folder, 'body'), method: 'put' }), ['PUT']);
  assert.deepEqual(method({ urls: join(folder, 'urls') }), ['GET', 'DELETE']);
});

test('all mistakes are told at once', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'x.html'));
  const { message, facts, code } = refusal(
    {
      rate: 'fast',
      users: '0',
      think: '1s',
      speed: '2',
      timeout: '0s',
      header: ['nonsense'],
      urls: join(folder, 'none'),
      maxRequests: '1.5',
      expect: ['p95<300ms', 'p95<3'],
      report: ['x.txt', join(folder, 'none', 'x.html'), join(folder, 'x.html')],
    },
    'http://10.0.0.1/',
  );
  assert.equal(code, 'BAD_OPTIONS');
  for (const each of [
    /--rate and --users exclude each other/,
    /--think is for users/,
    /--speed does nothing without --trace/,
    /--rate 'fast' is not a number above 0/,
    /--timeout '0s' is no time/,
    /--header 'nonsense' is not 'name: value'/,
    /--urls .*none cannot be read/,
    /--max-requests '1.5' is not a whole number/,
    /--expect 'p95<3': p95 is held against a time/,
    /x\.txt ends in neither/,
    /the folder .*none is not there/,
    /x\.html is there already, and is no file/,
    /10\.0\.0\.1 is not a loopback address/,
  ])
    assert.match(message, each);
  assert.equal((facts['errors'] as readonly unknown[]).length, 13);
});

test('a single mistake keeps its own code and hint', () => {
  assert.equal(refusal({}, 'https://127.0.0.1/').code, 'BAD_URL');
  assert.equal(refusal({}, 'http://10.0.0.1/').code, 'REMOTE_TARGET');
  assert.equal(refusal({ stages: '30x:1' }).code, 'BAD_LOAD');
  assert.equal(refusal({ users: '60000' }).code, 'BAD_LOAD');
  for (const option of ['duration', 'timeout', 'think', 'ramp'])
    assert.match(refusal({ [option]: '25d' }).message, /longer than a day/);
  assert.equal(refusal({ header: ['a: 1', 'A: 2'] }).code, 'BAD_OPTION');
  const { bytes } =
    planLoad(URL_HERE, { ...NONE, header: ['__proto__: 1'] }).target.requests[0] ?? {};
  assert.match(Buffer.from(bytes ?? '').toString(), /^__proto__: 1\r$/m);
  for (const options of [
    { trace: 'x', duration: '1s' },
    { stages: '1s:1', duration: '1s' },
    { body: 'a', bodyFile: 'b' },
    { stages: '1s:1', ramp: '1s' },
  ])
    assert.match(refusal(options).message, /exclude each other/);
});

test('other machines take load only where that is allowed', () => {
  const { target } = planLoad('http://10.0.0.1/', { ...NONE, allowRemote: true });
  assert.equal(target.url.hostname, '10.0.0.1');
});
