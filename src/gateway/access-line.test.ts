import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { parseAccessLine } from './access-line.ts';

function line(fields: object): string {
  const answered = {
    status: 200,
    server: 's1',
    denied: '-',
    tw: 3,
    tc: 1,
    tr: 40,
    ta: 900,
    permille: 1000,
  };
  return JSON.stringify({ service: 'api', route: '/api/*', ...answered, ...fields });
}

test('latency ends with the first byte: waiting, connecting and answering together', () => {
  assert.deepEqual(parseAccessLine(line({})), {
    service: 'api',
    route: '/api/*',
    code: 200,
    denial: null,
    cache: null,
    weight: 1,
    latencyMs: 44,
    busyMs: 897,
  });
});

test('a line stands for as many requests as were not logged', () => {
  assert.equal(parseAccessLine(line({ permille: 20 }))?.weight, 50);
});

test('a request that timed out at a server took all its time', () => {
  assert.equal(parseAccessLine(line({ status: 504, tr: -1, ta: 30_000 }))?.latencyMs, 30_000);
  assert.equal(parseAccessLine(line({ status: 503, tw: 9, tc: -1, tr: -1 }))?.latencyMs, 900);
});

test('an answer the gateway gave at once has a code and no latency', () => {
  const refused = parseAccessLine(line({ status: 503, tw: -1, tc: -1, tr: -1, ta: 0 }));
  assert.deepEqual([refused?.code, refused?.latencyMs], [503, null]);
});

test('a replica is busy from taking a request to its last byte, and never with what it did not get', () => {
  const busy = (fields: object) => parseAccessLine(line(fields))?.busyMs;
  assert.equal(busy({ tw: 500, server: 's2b' }), 400);
  assert.equal(busy({ status: 504, tr: -1, ta: 30_003 }), 30_000);
  assert.equal(busy({ server: '<NOSRV>', tw: 900, tc: -1, tr: -1 }), null);
  assert.equal(busy({ server: '<CACHE>' }), null);
  assert.equal(busy({ tw: 0, ta: 3_600_000 }), 60_000, 'a stream does not outweigh all others');
  assert.equal(busy({ status: 101, tw: 0, ta: 3_600_000 }), null);
});

test('a client that left before an answer has the code 0', () => {
  assert.equal(parseAccessLine(line({ status: -1, tr: -1 }))?.code, 0);
});

test('anything that is not such a line is null, never an exception', () => {
  for (const bad of ['', '{', 'null', '[]', line({ permille: 0 }), line({ status: 'x' })])
    assert.equal(parseAccessLine(bad), null);
  fc.assert(fc.property(fc.json(), (json) => parseAccessLine(json) === null));
});
