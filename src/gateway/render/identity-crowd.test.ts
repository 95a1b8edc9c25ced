import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import { encoded, guardedState, inSeconds, issuer } from './fixtures/tokens.ts';
import { startUpstream } from './fixtures/upstream.ts';

test('of many tokens that take long to verify, no more wait than will have their turn', async (t) => {
  const upstream = await startUpstream(t, 'api');
  const { key } = issuer('PS256', 'long', 4096);
  const haproxy = await runHaproxy(t, guardedState(upstream.port, [key]));
  const header = encoded({ alg: 'PS256', kid: 'long' });
  const claims = encoded({ sub: 'me', exp: inSeconds(600) });
  const token = `${header}.${claims}.${Buffer.alloc(512, 1).toString('base64url')}`;
  const request = `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;

  // 15 a second are verified, so 60 in the 4 s that one waits at most.
  const said: string[] = [];
  await Promise.all(
    Array.from({ length: 150 }, async () => {
      const answer = await sendRaw(haproxy.port, request);
      said.push(/error_description="([^"]*)"/.exec(answer)?.[1] ?? answer);
    }),
  );
  assert.deepEqual(
    new Set(said),
    new Set(['Too many tokens are being verified.', 'The signature is not valid.']),
  );
  const first = said.indexOf('Too many tokens are being verified.');
  assert.ok(first < 50, `one was told so after ${first} had been verified`);
});
