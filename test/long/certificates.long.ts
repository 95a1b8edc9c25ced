/** The certificate changes again and again under clients that keep their connections, over HTTP/1.1 and HTTP/2: none fails. */
import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { makeCertificate } from '../support/certificates.ts';
import { freePort } from '../support/ports.ts';
import { createProject, helloServer } from '../support/project.ts';
import { until } from '../support/until.ts';

const CHANGES = 20;
const CLIENTS = 10;
const SESSIONS = 4;

test(`${CHANGES} certificates in turn under load fail nobody and need no reload`, async (t) => {
  const port = await freePort();
  const project = await createProject(
    t,
    {
      services: { api: { command: 'node server.cjs', scale: { min: 2, max: 2 } } },
      gateway: { tls: { cert: 'cert.pem', key: 'key.pem', port } },
    },
    { 'server.cjs': helloServer() },
  );
  const put = (name: string, text: string): void => {
    project.write(`${name}.new`, text);
    renameSync(join(project.folder, `${name}.new`), join(project.folder, name));
  };
  /** The two files one after the other, as every tool does: between them they do not fit. */
  const renew = (): void => {
    const { cert, key } = makeCertificate();
    put('cert.pem', cert);
    put('key.pem', key);
  };
  renew();
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 0, err);
  const { pid } = (await project.status()).gateway;
  const workers = workersOf(pid);

  const failed: Record<string, number> = {};
  const answered = { 'HTTP/1.1, kept': 0, 'HTTP/1.1, new connections': 0, 'HTTP/2': 0 };
  const over = new AbortController();
  t.after(() => over.abort());
  const client = async (kind: keyof typeof answered, ask: () => Promise<number>): Promise<void> => {
    while (!over.signal.aborted) {
      const wrong = await ask().then(
        (status) => (status === 200 ? null : `status ${status}`),
        (thrown: NodeJS.ErrnoException) => thrown.code ?? thrown.message,
      );
      if (wrong === null) answered[kind]++;
      else failed[`${kind}: ${wrong}`] = (failed[`${kind}: ${wrong}`] ?? 0) + 1;
    }
  };
  const kept = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const sessions = Array.from({ length: SESSIONS }, () =>
    connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false }),
  );
  const clients = Promise.all([
    ...Array.from({ length: CLIENTS }, () => client('HTTP/1.1, kept', () => http1(port, kept))),
    ...Array.from({ length: 2 }, () =>
      client('HTTP/1.1, new connections', () => http1(port, new Agent({ keepAlive: false }))),
    ),
    ...sessions.flatMap((session) =>
      Array.from({ length: 2 }, () => client('HTTP/2', () => http2(session))),
    ),
  ]);

  const serials = new Set([await serialAt(port)]);
  let slowestMs = 0;
  for (let turn = 0; turn < CHANGES; turn++) {
    const from = performance.now();
    renew();
    await until('the new certificate', async () => !serials.has(await serialAt(port)));
    slowestMs = Math.max(slowestMs, performance.now() - from);
    serials.add(await serialAt(port));
    const before = answered['HTTP/2'];
    await until('requests go on', () => answered['HTTP/2'] > before + 20);
  }
  over.abort();
  await clients;
  kept.destroy();
  for (const session of sessions) session.close();
  const lost = Object.values(failed).reduce((sum, count) => sum + count, 0);
  const counts = Object.entries(answered).map(([kind, count]) => `${count} over ${kind}`);
  t.diagnostic(
    `${CHANGES} certificates: answered ${counts.join(', ')}; ${lost} failed; in force after at most ${Math.round(slowestMs)} ms`,
  );
  assert.deepEqual(failed, {});
  assert.equal(serials.size, CHANGES + 1);
  assert.equal((await project.status()).gateway.pid, pid);
  assert.equal(workersOf(pid), workers, 'no reload');
});

// Private

/** A reload replaces the worker. */
function workersOf(master: number | null): string {
  return readFileSync(`/proc/${master}/task/${master}/children`, 'utf8');
}

function http1(port: number, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent, rejectUnauthorized: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

function http2(session: ClientHttp2Session): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const stream = session.request({ ':path': '/' });
    stream.on('response', (headers) => (status = Number(headers[':status'])));
    stream.on('error', reject);
    stream.on('end', () => resolve(status));
    stream.resume().end();
  });
}

function serialAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
