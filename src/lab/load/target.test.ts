import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTarget } from './target.ts';

test('addresses of this machine are taken, with GET and 30 s unless told otherwise', () => {
  for (const url of [
    'http://127.0.0.1:8080/a',
    'http://127.8.0.1/',
    'http://localhost',
    'http://[::1]:1/',
  ]) {
    const target = createTarget(url);
    assert.equal(target.requests[0]?.method, 'GET');
    assert.equal(target.timeoutMs, 30_000);
  }
});

test('another machine is refused, also under a name that looks like this one', () => {
  for (const url of [
    'http://example.org/',
    'http://10.0.0.1/',
    'http://127.0.0.1.nip.io/',
    'http://localhost.example.org/',
    'http://0.0.0.0/',
    'http://127.0.0.1@example.org/',
    'http://[::ffff:10.0.0.1]/',
  ]) {
    assert.throws(() => createTarget(url), { code: 'REMOTE_TARGET', exitCode: 2 }, url);
  }
});

test('another machine is taken when that is allowed in so many words', () => {
  assert.equal(createTarget('http://10.0.0.1/', { allowRemote: true }).url.hostname, '10.0.0.1');
});

test('what is no http address is refused', () => {
  for (const url of ['', '8080', '/api', 'ftp://127.0.0.1/', 'https://127.0.0.1/']) {
    assert.throws(() => createTarget(url), { code: 'BAD_URL', exitCode: 2 }, url);
  }
});
