import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { LoadResult } from '../../lab/load/result.ts';
import { judge, parseExpectation } from './expectations.ts';

const NOTHING: LoadResult = {
  url: 'http://127.0.0.1/',
  startedAt: '2026-03-01T10:00:00.000Z',
  durationS: 10,
  requests: 0,
  ok: 0,
  errors: {},
  rps: 0,
  latencyMs: { p50: null, p90: null, p95: null, p99: null, p999: null, max: null },
  usersPeak: 0,
  generatorCpu: 0,
  latenessMs: { p50: null, p99: null, max: null },
  warnings: [],
  timeline: [],
  expectations: [],
};
const SOME: LoadResult = {
  ...NOTHING,
  requests: 1000,
  ok: 990,
  errors: { timeout: 10 },
  rps: 100,
  latencyMs: { p50: 12, p90: 100, p95: 300, p99: 900, p999: 1500, max: 2000 },
};

function met(text: string, result: LoadResult): boolean {
  const expectation = parseExpectation(text);
  assert.ok(typeof expectation !== 'string', `${text}: ${JSON.stringify(expectation)}`);
  return judge(expectation, result).met;
}

test('what was measured is held against what was expected', () => {
  for (const text of [
    'p50<13ms',
    'p95<=300ms',
    'p95 < 0.31s',
    'p99>=900ms',
    'p999<2s',
    'max<1m',
    'errors<=1%',
    'errors<1.1%',
    'errors<=10',
    'errors>9',
    'ok>=99%',
    'rps>=100',
    'rps>99.9/s',
    'requests>999',
  ])
    assert.ok(met(text, SOME), text);
  for (const text of [
    'p95<300ms',
    'errors<1%',
    'errors<10',
    'ok>99%',
    'rps>100',
    'requests>1000',
    'max<2s',
  ])
    assert.ok(!met(text, SOME), text);
});

test('where nothing was answered nothing is met but what counts requests', () => {
  for (const text of ['p95<300ms', 'max<1h', 'errors<1%', 'errors<=0', 'ok>=0%', 'p95>0ms'])
    assert.ok(!met(text, NOTHING), text);
  assert.ok(met('requests<1', NOTHING) && met('rps<=0', NOTHING));
});

test('what was measured is told in the unit of what was expected, and never rounded to it', () => {
  const told = (text: string, result = SOME): string => {
    const expectation = parseExpectation(text);
    assert.ok(typeof expectation !== 'string');
    const { expected, measured } = judge(expectation, result);
    return `${expected}: ${measured}`;
  };
  assert.equal(told('p99<0.5s'), 'below 500 ms: 900 ms');
  assert.equal(told('errors<=0.5%'), 'at most 0.5 %: 1 %');
  assert.equal(told('rps>=100', { ...SOME, rps: 99.9996 }), 'at least 100/s: 99.9996/s');
  assert.equal(told('ok>99%', NOTHING), 'above 99 %: nothing to measure');
});

test('what is no expectation is told, with what it could be', () => {
  for (const [text, why] of [
    ['p95', /no expectation such as p95<300ms/],
    ['p95=300ms', /no expectation/],
    ['p95<300', /p95 is held against a time such as 300ms/],
    ['p75<300ms', /p75 is not measured, only p50, p90/],
    ['constructor<1', /is not measured/],
    ['requests>5%', /requests is held against a number/],
    ['ok>1', /ok is held against a percentage/],
    ['errors<1.2.3', /1\.2\.3 is not a number/],
    ['errors<1s', /errors is held against a percentage such as 1% or a number/],
  ] as const) {
    const problem = parseExpectation(text);
    assert.ok(typeof problem === 'string', text);
    assert.match(problem, why, text);
  }
});

test('no text brings the parser down, and of two opposite expectations exactly one is met', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseExpectation(text)));
  const bound = fc.double({ min: 0, max: 1e6, noNaN: true }).map((each) => each.toFixed(3));
  fc.assert(
    fc.property(bound, fc.constantFrom(['<', '>='], ['<=', '>']), (number, [one, other]) => {
      for (const subject of ['rps', 'requests', 'errors'])
        assert.notEqual(
          met(`${subject}${one}${number}`, SOME),
          met(`${subject}${other}${number}`, SOME),
        );
    }),
  );
});

test('a share that is exactly the bound meets it, whatever the number of requests', () => {
  for (let percent = 0; percent <= 100; percent++)
    for (const hundreds of [1, 3, 10, 77]) {
      const result = { ...SOME, requests: 100 * hundreds, ok: (100 - percent) * hundreds };
      assert.ok(met(`errors<=${percent}%`, result) && met(`errors>=${percent}%`, result));
      assert.ok(met(`ok>=${100 - percent}%`, result));
    }
});
