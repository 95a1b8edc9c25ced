import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTarget, shownUrl } from './target.ts';
import { parseUrls } from './urls.ts';

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
    'http://example.org\\@127.0.0.1/',
    'http://localhost./',
    'http://[::ffff:10.0.0.1]/',
  ]) {
    const refusal = { code: 'REMOTE_TARGET', exitCode: 2, hint: /--allow-remote/ };
    assert.throws(() => createTarget(url), refusal, url);
  }
});

test('an address of this machine’s network is refused as what it is, not as another machine', () => {
  assert.throws(() => createTarget('http://192.0.2.2:9480/'), {
    message: '192.0.2.2 is not a loopback address, no load was sent',
  });
});

test('another machine is taken when that is allowed in so many words', () => {
  assert.equal(createTarget('http://10.0.0.1/', { allowRemote: true }).url.hostname, '10.0.0.1');
});

test('what is no http address is refused', () => {
  for (const url of ['', '8080', '/api', 'ftp://127.0.0.1/', 'https://127.0.0.1/']) {
    assert.throws(() => createTarget(url), { code: 'BAD_URL', exitCode: 2 }, url);
  }
});

test('lines of a file of URLs take from the options what they leave out', () => {
  const urls = parseUrls('2 /a\nPUT /b x\n/c y', new URL('http://127.0.0.1:1/'));
  const target = createTarget('http://127.0.0.1:1/', {
    urls,
    method: 'PATCH',
    body: 'all',
    headers: { a: 'b' },
  });
  assert.deepEqual(
    target.requests.map(({ weight, bytes }) => [
      weight,
      ...Buffer.from(bytes).toString().split('\r\n'),
    ]),
    [
      [2, 'PATCH /a HTTP/1.1', 'Host: 127.0.0.1:1', 'a: b', 'Content-Length: 3', '', 'all'],
      [1, 'PUT /b HTTP/1.1', 'Host: 127.0.0.1:1', 'a: b', 'Content-Length: 1', '', 'x'],
      [1, 'POST /c HTTP/1.1', 'Host: 127.0.0.1:1', 'a: b', 'Content-Length: 1', '', 'y'],
    ],
  );
});

test('an address is shown without its password', () => {
  assert.equal(shownUrl(new URL('http://me:secret@127.0.0.1:1/a?b')), 'http://127.0.0.1:1/a?b');
  assert.throws(() => createTarget('https://me:secret@127.0.0.1/'), {
    message: "'https://127.0.0.1/' is not an http:// address",
  });
});
