import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeThroughput, type Rung, type ThroughputMeasured } from './throughput.ts';

const rung = (replicas: number, rps: number, p99Ms: number): Rung => ({
  replicas,
  rps,
  p50Ms: p99Ms - 10,
  p99Ms,
  failures: 0,
  generatorCpu: 0.1,
});
const SOUND: ThroughputMeasured = {
  waiting: [rung(1, 98, 1030), rung(3, 292, 399), rung(5, 492, 214)],
  computing: [rung(1, 105, 1000), rung(3, 180, 300)],
  cores: 2,
};

test('a rate that grows with the replicas, and a p99 that falls, is as claimed', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('replicas that add nothing are seen', () => {
  const waiting = [rung(1, 98, 1030), rung(3, 99, 1030), rung(5, 98, 1030)];
  assert.deepEqual(missed({ ...SOUND, waiting }), [0, 2, 3]);
});

test('a replica that takes more at once than it may is seen', () => {
  const waiting = [rung(1, 150, 700), rung(3, 450, 230), rung(5, 750, 140)];
  assert.deepEqual(missed({ ...SOUND, waiting }), [1]);
});

test('work that computes and triples on two cores is seen; with cores to spare it is no claim', () => {
  const computing = [rung(1, 100, 1000), rung(3, 300, 300)];
  assert.deepEqual(missed({ ...SOUND, computing }), [3]);
  assert.equal(judgeThroughput({ ...SOUND, computing, cores: 8 }).length, 4);
  assert.deepEqual(missed({ ...SOUND, computing, cores: 8 }), []);
});

test('one failure is seen', () => {
  const computing = [{ ...rung(1, 105, 1000), failures: 1 }, rung(3, 180, 300)];
  assert.deepEqual(missed({ ...SOUND, computing }), [4]);
});

function missed(measured: ThroughputMeasured): number[] {
  return judgeThroughput(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
