import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createRawServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { messageOf } from '../../kit/errors.ts';
import { fetchJwks, shownAddress } from './fetch-jwks.ts';
import { Unusable } from './unusable.ts';

/** So long that a machine that stands still for a while is not taken for a server that does not answer. */
const PATIENT_MS = 60_000;

/** A server that answers like this; its address. */
async function answering(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
}

async function failure(
  t: TestContext,
  listener: RequestListener,
  timeoutMs = PATIENT_MS,
): Promise<string> {
  const url = await answering(t, listener);
  const thrown: unknown = await fetchJwks(url, timeoutMs).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof Unusable, String(thrown));
  return thrown.message;
}

test('a set is fetched whole, and is fresh for as long as its server says, within bounds', async (t) => {
  const control: Record<string, string> = {};
  const url = await answering(t, (_, response) => {
    response.writeHead(200, control).end('{"keys":[]}');
  });
  const freshFor = async (value?: string): Promise<number> => {
    if (value !== undefined) control['cache-control'] = value;
    const { text, freshMs } = await fetchJwks(url, PATIENT_MS);
    assert.equal(text, '{"keys":[]}');
    return freshMs / 1000;
  };
  assert.equal(await freshFor(), 300);
  assert.equal(await freshFor('public, max-age=600'), 600);
  assert.equal(await freshFor('max-age=1'), 60);
  assert.equal(await freshFor('max-age=86400, must-revalidate'), 3600);
  assert.equal(await freshFor('no-store, max-age=900'), 300);
  assert.equal(await freshFor('s-maxage=900'), 300);
});

test('a redirect is not followed', async (t) => {
  let asked = 0;
  const elsewhere = await answering(t, (_, response) => {
    asked++;
    response.end('{"keys":[]}');
  });
  for (const code of [301, 302, 303, 307, 308])
    assert.match(
      await failure(t, (_, response) => response.writeHead(code, { location: elsewhere }).end()),
      /answered with a redirect/,
    );
  assert.equal(asked, 0);
});

test('an answer that is an error, too long, encoded or broken off is none', async (t) => {
  assert.match(
    await failure(t, (_, response) => response.writeHead(500).end('{"keys":[]}')),
    /answered 500/,
  );
  assert.match(await failure(t, (_, response) => response.writeHead(204).end()), /answered 204/);
  assert.match(
    await failure(t, (_, response) => response.end('x'.repeat(2 ** 20))),
    /more than 256 kB/,
  );
  assert.match(
    await failure(t, (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    ),
    /encoding gzip/,
  );
  const brokenOff = await failure(t, (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{');
    setImmediate(() => response.destroy());
  });
  assert.match(brokenOff, /cannot be reached/);
});

test('a server that changes the protocol instead of answering is an error like any other', async (t) => {
  const server = createRawServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const said = await Promise.race([
    fetchJwks(url, PATIENT_MS).then(() => 'keys', messageOf),
    setTimeout(20_000, 'nothing', { ref: false }),
  ]);
  assert.match(said, /answered 101/);
});

test('time is up for the whole answer, however it trickles', async (t) => {
  const drip: RequestListener = (_, response) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
  assert.match(await failure(t, drip, 200), /did not answer completely within 0.2 s/);
  assert.match(await failure(t, () => undefined, 200), /did not answer completely/);
});

test('a server whose certificate nobody vouches for is not believed', async (t) => {
  const server = createTlsServer(makeCertificate(), (_, response) => response.end('{"keys":[]}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await assert.rejects(fetchJwks(url, PATIENT_MS), /cannot be reached \(self-signed certificate/);
});

test('plain HTTP to another machine, and logins, are refused before anybody is asked', async () => {
  for (const url of [
    'http://192.0.2.1/jwks',
    'https://me:secret@id.example.org/',
    'ftp://localhost/',
  ])
    await assert.rejects(
      fetchJwks(url),
      (thrown: Error) => thrown instanceof Unusable && !thrown.message.includes('secret'),
    );
});

test('nobody who listens is an error, and what is shown has no query', async () => {
  await assert.rejects(
    fetchJwks('http://127.0.0.1:1/jwks', PATIENT_MS),
    /cannot be reached \(connect ECONNREFUSED/,
  );
  assert.equal(
    shownAddress('https://id.example.org/jwks?key=secret#a'),
    'https://id.example.org/jwks',
  );
});
