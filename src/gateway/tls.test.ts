import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:http2';
import { Agent, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import { makeCertificate } from '../../test/support/certificates.ts';
import { ask, testBackend, testGateway, type Answer } from '../../test/support/gateway.ts';
import { freePort } from '../../test/support/ports.ts';
import { until } from '../../test/support/until.ts';
import type { TlsSpec } from '../spec/spec.ts';
import type { GatewayState } from './gateway.ts';
import { bundleOf } from './keys/certificate.ts';

const bundle = (made = makeCertificate()): string => bundleOf(made, Date.now()).pem;

async function tlsGateway(t: TestContext, tls: Partial<TlsSpec> = {}) {
  const gateway = await testGateway(t);
  const port = await freePort();
  const server = await testBackend(t, 'api-1', (incoming, response) =>
    response.end(JSON.stringify(incoming.headers)),
  );
  const first = bundle();
  const state = (certificate = first, changes: Partial<TlsSpec> = {}): GatewayState => {
    const plain = gateway.state([server]);
    const spec = { cert: '/c', key: '/k', port, redirect: false, hstsMs: null, ...tls, ...changes };
    return { ...plain, gateway: { ...plain.gateway, tls: spec }, certificate };
  };
  await gateway.start(state());
  return { gateway, tlsPort: port, state, first, server };
}

function askTls(port: number, agent?: Agent, path = '/'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, rejectUnauthorized: false };
    const outgoing = request({ ...options, ...(agent && { agent }) });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    });
    outgoing.end();
  });
}

async function raw(at: number | string, text: string): Promise<string> {
  const socket = typeof at === 'string' ? connectPlain(at) : connectPlain(at, '127.0.0.1');
  socket.setEncoding('utf8');
  socket.write(text);
  let answer = '';
  for await (const part of socket) answer += String(part);
  return answer;
}

/** What a new client is shown: the serial number of the certificate, protocol and ALPN. */
function handshake(port: number, options: object = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
    socket.on('secureConnect', () => resolve(socket));
    socket.on('error', reject);
  });
}

async function serialAt(port: number): Promise<string> {
  const socket = await handshake(port);
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

test('HTTPS and HTTP/2 are served beside the plain port, and the service sees which it was', async (t) => {
  const { gateway, tlsPort } = await tlsGateway(t, { hstsMs: 3_600_000 });
  const plain = await ask(gateway.port);
  assert.equal(JSON.parse(plain.body)['x-forwarded-proto'], 'http');
  assert.equal(plain.headers['strict-transport-security'], undefined);
  const secure = await askTls(tlsPort);
  assert.equal(JSON.parse(secure.body)['x-forwarded-proto'], 'https');
  assert.equal(secure.headers['strict-transport-security'], 'max-age=3600');
  const second = await handshake(tlsPort, { ALPNProtocols: ['h2', 'http/1.1'] });
  assert.equal(second.alpnProtocol, 'h2');
  assert.match(second.getProtocol() ?? '', /^TLSv1\.[23]$/);
  second.destroy();
  for (const answer of [
    await ask(gateway.port, '/.tidegate/health'),
    await askTls(tlsPort, undefined, '/.tidegate/health'),
  ])
    assert.deepEqual([answer.status, answer.body], [200, '{"status":"ok"}']);
});

test('a client that knows no TLS 1.2 is turned away', async (t) => {
  const { tlsPort } = await tlsGateway(t);
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  await assert.rejects(handshake(tlsPort, old), /alert protocol version/);
});

test('with redirect the plain port sends everybody to the same address over HTTPS, but its probe', async (t) => {
  const { gateway, tlsPort } = await tlsGateway(t, { redirect: true });
  const host = (name: string) => ({ headers: { host: name } });
  for (const [asked, sent] of [
    ['shop.example:8080', `https://shop.example:${tlsPort}`],
    ['shop.example', `https://shop.example:${tlsPort}`],
    ['[::1]:8080', `https://[::1]:${tlsPort}`],
  ] as const) {
    const { status, headers } = await ask(gateway.port, '/a%20b?c=d&e', host(asked));
    assert.deepEqual([status, headers.location], [308, `${sent}/a%20b?c=d&e`]);
  }
  for (const head of [
    'GET / HTTP/1.0',
    'GET / HTTP/1.1\r\nHost: a"b',
    'GET / HTTP/1.1\r\nHost: a/b',
  ])
    assert.match(
      await raw(gateway.port, `${head}\r\nConnection: close\r\n\r\n`),
      /^HTTP\/1\.1 400/,
      head,
    );
  assert.equal((await ask(gateway.port, '/.tidegate/health')).status, 200);
  assert.equal((await askTls(tlsPort)).status, 200);
});

test('a certificate is replaced without a reload: clients go on, the file follows, the key is told to nobody', async (t) => {
  const { gateway, tlsPort, state, first } = await tlsGateway(t);
  const file = join(gateway.folder, 'haproxy/tls.pem');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  assert.equal((await askTls(tlsPort, agent)).status, 200);
  const second = connect(`https://127.0.0.1:${tlsPort}`, { rejectUnauthorized: false });
  t.after(() => second.destroy());
  const askSecond = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const stream = second.request({ ':path': '/' });
      stream.on('response', (headers) => resolve(Number(headers[':status'])));
      stream.on('error', reject);
      stream.resume().end();
    });
  assert.equal(await askSecond(), 200);

  const before = await serialAt(tlsPort);
  const next = bundle();
  const applied = await gateway.apply(state(next));
  assert.equal(applied.kind, 'runtime');
  const told = JSON.stringify([applied, gateway.remembered]);
  assert.doesNotMatch(told, /BEGIN/);
  assert.notEqual(await serialAt(tlsPort), before);
  assert.equal(readFileSync(file, 'utf8'), next);
  assert.notEqual(next, first);
  assert.equal((await askTls(tlsPort, agent)).status, 200);
  assert.equal(await askSecond(), 200);
  assert.deepEqual(await gateway.apply(state(next)), { kind: 'nothing' });
});

test('a certificate that is too long for the socket comes with a reload', async (t) => {
  const { gateway, tlsPort, state } = await tlsGateway(t);
  const before = await serialAt(tlsPort);
  // What goes through the socket has to fit into a buffer of HAProxy's.
  const { cert, key } = makeCertificate();
  const many = cert + makeCertificate().cert.repeat(30);
  const applied = await gateway.apply(state(bundle({ cert: many, key })));
  assert.deepEqual(applied, { kind: 'reload', reasons: ['gateway: the certificate changed'] });
  await until('the new certificate', async () => (await serialAt(tlsPort)) !== before);
});

test('a successor adopts the certificate as it is, and finds out one that HAProxy was not told', async (t) => {
  const { gateway, tlsPort, state } = await tlsGateway(t);
  const next = bundle();
  await gateway.apply(state(next));
  const fact: unknown = JSON.parse(JSON.stringify(gateway.remembered.at(-1)));
  await gateway.close();
  const second = gateway.successor();
  await second.adopt(fact, state(next));
  assert.deepEqual(JSON.parse(JSON.stringify(second.remembered.at(-1))), fact);
  assert.deepEqual(await second.apply(state(next)), { kind: 'nothing' });
  const serial = await serialAt(tlsPort);
  await second.close();
  const third = gateway.successor();
  await third.adopt(fact, state(bundle()));
  assert.notEqual(await serialAt(tlsPort), serial);
});

test('TLS is added, moved to another port and taken away; a port that is taken is refused', async (t) => {
  const { gateway, tlsPort, state, server } = await tlsGateway(t);
  const elsewhere = await freePort();
  assert.equal((await gateway.apply(state(undefined, { port: elsewhere }))).kind, 'reload');
  assert.equal((await askTls(elsewhere)).status, 200);
  assert.match(
    (await gateway.check(state(undefined, { port: server.port }))).join(),
    /is taken by/,
  );
  const without = gateway.state([server]);
  assert.deepEqual(await gateway.apply(without), {
    kind: 'reload',
    reasons: ['gateway: tls changed'],
  });
  await until('the port is closed', () =>
    askTls(elsewhere).then(
      () => false,
      () => true,
    ),
  );
  assert.equal((await gateway.apply(state(undefined, { port: tlsPort }))).kind, 'reload');
  assert.equal((await askTls(tlsPort)).status, 200);
});

test('a request that is held over a reload is still one that came over HTTPS', async (t) => {
  const { gateway, tlsPort, state } = await tlsGateway(t, { redirect: true });
  const sleeping = (sleep: 'asleep' | 'awake', timeoutMs: number): GatewayState => {
    const awake = state();
    const { api } = awake.services;
    const routes = awake.gateway.routes.map((route) => ({ ...route, timeoutMs }));
    const holding = { state: sleep, retryAfterSeconds: 1, holdMs: 60_000 };
    return {
      ...awake,
      gateway: { ...awake.gateway, routes },
      services: { api: { ...(api as NonNullable<typeof api>), sleep: holding } },
    };
  };
  let demanded = false;
  gateway.onDemand(() => (demanded = true));
  await gateway.apply(sleeping('asleep', 30_000));
  const held = askTls(tlsPort);
  await until('it is held', () => demanded);
  assert.equal((await gateway.apply(sleeping('asleep', 20_000))).kind, 'reload');
  await gateway.apply(sleeping('awake', 20_000));
  const { status, body } = await held;
  assert.deepEqual([status, JSON.parse(body)['x-forwarded-proto']], [200, 'https']);
});

test('of a request that was held, what the earlier worker knew is believed, and no port', async (t) => {
  const { gateway, tlsPort, state } = await tlsGateway(t);
  const awake = state();
  const { api } = awake.services;
  const sleep = { state: 'awake', retryAfterSeconds: 1, holdMs: 10_000 } as const;
  await gateway.apply({
    ...awake,
    services: { api: { ...(api as NonNullable<typeof api>), sleep } },
  });
  // A packet filter may send port 443 to us, and HAProxy sees the port that the client asked for.
  for (const [proto, port] of [
    ['https', 443],
    ['http', tlsPort],
  ] as const) {
    const answer = await raw(
      join(gateway.options.runFolder, 'again.sock'),
      `PROXY TCP4 192.0.2.1 192.0.2.2 4711 ${port}\r\n` +
        `GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: ${proto}\r\nConnection: close\r\n\r\n`,
    );
    assert.match(answer, new RegExp(`"x-forwarded-proto":"${proto}"`));
  }
});

test('when it is stopped no private key is left in its folder; when it is left alone it serves on with it', async (t) => {
  const { gateway, tlsPort } = await tlsGateway(t);
  const file = join(gateway.options.folder, 'tls.pem');
  await gateway.close();
  assert.match(readFileSync(file, 'utf8'), /PRIVATE KEY/);
  assert.equal((await askTls(tlsPort)).status, 200);
  await gateway.stop(0);
  assert.equal(existsSync(file), false);
});

test('TLS without a certificate is refused', async (t) => {
  const { gateway, state } = await tlsGateway(t);
  const none = { ...state(), certificate: null };
  assert.deepEqual(await gateway.check(none), [
    'gateway.tls: there is no certificate with its key',
  ]);
});
