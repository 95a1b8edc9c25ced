import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEARER, open, startFakeWeb } from '../../../test/support/fake-web.ts';
import { until } from '../../../test/support/until.ts';
import type { LogEntry } from '../contract.ts';

test('past lines come as NDJSON and the stream ends', async (t) => {
  const web = await startFakeWeb(t);
  const { headers, text } = await web.ask(
    '/api/v1/logs?service=api&lines=20&since=2026-03-01T11:00:00Z&grep=a%20b',
    { headers: BEARER },
  );
  assert.equal(headers['content-type'], 'application/x-ndjson');
  assert.deepEqual(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    web.control.lines,
  );
  const sinceMs = Date.parse('2026-03-01T11:00:00Z');
  assert.deepEqual(web.control.asked, [
    ['logs', { service: 'api', sinceMs, lines: 20, grep: 'a b', follow: false }],
  ]);
});

test('a client that leaves ends the reading', async (t) => {
  const web = await startFakeWeb(t);
  const leave = new AbortController();
  const seen: LogEntry[] = [];
  for await (const entry of web.client.logs({ follow: true }, leave.signal)) {
    seen.push(entry);
    if (seen.length === 2) leave.abort();
  }
  assert.deepEqual(seen, web.control.lines);
  await until('the reading has ended', () => web.control.readings.ended === 1);
});

test('a client that stops iterating ends the reading', async (t) => {
  const web = await startFakeWeb(t);
  for await (const entry of web.client.logs({ follow: true })) {
    assert.equal(entry.replica, 'api-1');
    break;
  }
  await until('the reading has ended', () => web.control.readings.ended === 1);
});

test('a client that does not read stops the reading, not the memory', async (t) => {
  const web = await startFakeWeb(t);
  const text = 'x'.repeat(65_536);
  let given = 0;
  web.control.logs = async function* () {
    for (; given < 100_000; given++) yield { service: 'api', replica: 'api-1', text };
  };
  const response = await open(web.url, '/api/v1/logs', { headers: BEARER });
  let before = -1;
  let unchanged = 0;
  await until('nothing more is read', () => {
    unchanged = given === before ? unchanged + 1 : 0;
    before = given;
    return unchanged > 10;
  });
  assert.ok(given < 1000, `${given} lines were read for a client that reads none`);
  response.destroy();
});

test('closing the server ends a reading that follows, quietly', async (t) => {
  const web = await startFakeWeb(t);
  const logs = web.client.logs({ follow: true });
  await logs.next();
  await logs.next();
  const [end] = await Promise.all([logs.next(), web.close()]);
  assert.equal(end.done, true);
  assert.deepEqual(web.control.readings, { begun: 1, ended: 1 });
});

test('a reading that fails half-way is cut off, so that nobody takes it for all', async (t) => {
  const web = await startFakeWeb(t);
  web.control.logs = async function* () {
    yield { service: 'api', replica: 'api-1', text: 'one' };
    throw new Error('disk');
  };
  await assert.rejects(
    async () => {
      for await (const entry of web.client.logs({})) assert.equal(entry.text, 'one');
    },
    { code: 'ANSWER_BROKEN' },
  );
});
