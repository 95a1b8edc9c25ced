import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort } from '../../../test/support/ports.ts';
import { waitForListener } from './wait-for-listener.ts';

const NEVER = new AbortController().signal;

test('it is waited for whoever comes to listen, and no longer than asked or wanted', async (t) => {
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}/`);
  let listening = false;
  const server = createServer((socket) => socket.on('error', () => undefined));
  t.after(() => server.close());
  const waited = waitForListener(url, 60_000, NEVER).then(() => assert.ok(listening));
  await waitForListener(url, 250, NEVER);
  await waitForListener(url, 60_000, AbortSignal.abort());
  await new Promise<void>((resolve) => {
    listening = true;
    server.listen(port, '127.0.0.1', resolve);
  });
  await waited;
});
