import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import { gatewayState, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

test('Forwarded says who asked, through what, and nothing a client forged', async (t) => {
  const a = await startUpstream(t, 'a');
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers: [server('x', a.port)] })], {
      forwarded: true,
      trustedProxies: ['127.0.0.1'],
    }),
  );
  const forwarded = async (...lines: readonly string[]): Promise<string | undefined> => {
    const answer = await sendRaw(
      haproxy.port,
      `GET / HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`,
    );
    const body = answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1);
    return (JSON.parse(body) as { headers: Record<string, string> }).headers['forwarded'];
  };
  assert.equal(
    await forwarded('Host: shop.test:8080', 'Forwarded: for=6.6.6.6'),
    'for=127.0.0.1;host="shop.test:8080";proto=http',
  );
  assert.equal(
    await forwarded('Host: [::1]', 'X-Forwarded-For: 2001:db8::7', 'X-Forwarded-Proto: https'),
    'for="[2001:db8::7]";host="[::1]";proto=https',
  );
  assert.equal(
    await forwarded('Host: shop.test', 'X-Forwarded-For: 1.2.3.4'),
    'for=1.2.3.4;host="shop.test";proto=http',
  );
});
