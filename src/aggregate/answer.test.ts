import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf } from './answer.ts';
import { cachingOf } from './caching.ts';
import type { Outcome } from './part.ts';

const part = (name: string, optional = false) => ({ name, optional, path: ['/'], timeoutMs: 1 });
const ok = (json: string, headers: Outcome['headers'] = {}): Outcome => ({
  kind: 'answered',
  json,
  headers,
});
const failed = (status: number, headers: Outcome['headers'] = {}): Outcome => ({
  kind: 'failed',
  status,
  detail: `answered ${status}`,
  headers,
});

test('parts stand in the order of the file, their text untouched', () => {
  const answer = answerOf([part('b'), part('a')], [ok('{"id":12345678901234567890}'), ok(' [1] ')]);
  assert.equal(answer?.status, 200);
  assert.equal(answer.body, '{"b":{"id":12345678901234567890},"a": [1] }');
  assert.equal(answerOf([part('a'), part('b')], [ok('1'), undefined]), null);
});

test('an optional part that failed is null and named; without a failure there is no such list', () => {
  const answer = answerOf([part('a'), part('b', true)], [ok('1'), failed(503)]);
  assert.equal(answer?.status, 200);
  assert.deepEqual(JSON.parse(answer.body), {
    a: 1,
    b: null,
    failed: [{ part: 'b', status: 503, detail: 'answered 503' }],
  });
  assert.equal(answer.headers['cache-control'], 'no-store');
});

test('a required part that failed decides at once, and what concerns the client is passed on', () => {
  const parts = [part('opt', true), part('a'), part('b')];
  for (const [status, becomes] of [
    [401, 401],
    [403, 403],
    [404, 404],
    [429, 429],
    [504, 504],
    [400, 502],
    [500, 502],
    [503, 502],
  ] as const) {
    const headers = { 'www-authenticate': 'Bearer', 'retry-after': '7' };
    const answer = answerOf(parts, [failed(500), undefined, failed(status, headers)]);
    assert.equal(answer?.status, becomes);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.equal(answer.headers['www-authenticate'], becomes === 401 ? 'Bearer' : undefined);
    assert.equal(answer.headers['retry-after'], becomes === 429 ? '7' : undefined);
    const body = JSON.parse(answer.body);
    assert.equal(body.detail, `The part b answered ${status}.`);
    assert.deepEqual(
      body.failed.map((each: { part: string }) => each.part),
      ['opt', 'b'],
    );
  }
  const both = answerOf(parts, [undefined, failed(404), failed(401)]);
  assert.equal(both?.status, 404, 'of several the first of the file');
});

test('the whole is kept as long as the part that may be kept the shortest', () => {
  const of = (...values: (string | undefined)[]): string =>
    cachingOf(values.map((value) => (value === undefined ? {} : { 'cache-control': value })))
      .cacheControl;
  assert.equal(of('max-age=60', 'public, max-age=30'), 'max-age=30');
  assert.equal(of('max-age=60', 'private, max-age=90'), 'private, max-age=60');
  assert.equal(of('max-age=60, s-maxage="10"'), 'max-age=10');
  assert.equal(of('max-age=5, max-age=60'), 'max-age=5', 'a proxy added one of its own');
  for (const other of [
    'no-store',
    'max-age=9, no-cache',
    'max-age=0',
    'max-age=x',
    '',
    undefined,
  ]) {
    assert.equal(of('max-age=60', other), 'no-store', other);
  }
  assert.equal(of(), 'no-store');
  const aged = [{ 'cache-control': 'max-age=60', age: '45' }];
  assert.equal(cachingOf(aged).cacheControl, 'max-age=15');
  for (const age of ['-60', 'x', '1, 2']) {
    const strange = [{ 'cache-control': 'max-age=60', age }];
    assert.equal(cachingOf(strange).cacheControl, 'no-store', 'nobody knows how old it is');
  }
  const varying = [
    { 'cache-control': 'max-age=9', vary: 'Cookie, Accept-Encoding' },
    { 'cache-control': 'max-age=9', vary: 'accept-language' },
  ];
  assert.equal(cachingOf(varying).vary, 'accept-language, cookie');
  assert.equal(cachingOf([{ 'cache-control': 'max-age=9', vary: '*' }]).cacheControl, 'no-store');
});
