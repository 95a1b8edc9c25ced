import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { AlertView } from '../../src/web/alert-contract.ts';
import { adminOf } from '../support/admin.ts';
import { LIAR, setErring } from '../support/liar.ts';
import { createProject } from '../support/project.ts';
import { until } from '../support/until.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: { readonly project: string; readonly at: string; readonly alert: AlertView };
}

/** Refuses the first message, and takes the rest. */
async function startReceiver(t: TestContext) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const body = JSON.parse(text) as Received['body'];
      received.push({ headers: request.headers, text, body });
      response.writeHead(received.length === 1 ? 503 : 204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hunter2` };
}

test('an alert reaches an address that refuses it at first, and so does its end', async (t) => {
  const { received, url } = await startReceiver(t);
  const project = await createProject(
    t,
    {
      name: 'shop',
      services: {
        api: {
          command: 'node liar.cjs',
          // Long enough that one who stands still for seconds does not end the alert by asking nothing.
          scale: { min: 1, max: 1, interval: '100ms', window: '5s' },
        },
      },
      alerts: [{ when: 'api.errors > 50%', for: '0s', notify: url }, { defaults: false }],
    },
    { 'liar.cjs': LIAR },
  );
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const admin = await adminOf(project.folder);
  const asking = setInterval(() => {
    // While nobody listens it is refused, which is nothing to this test.
    fetch(project.gatewayUrl).then(
      (answer) => answer.body?.cancel(),
      () => undefined,
    );
  }, 20);
  t.after(() => clearInterval(asking));
  const alert = async (): Promise<AlertView | undefined> => (await admin.alerts())[0];

  setErring(project.folder, true);
  await until('it fires', async () => (await alert())?.state === 'firing');
  const { out } = await project.run('status');
  assert.match(out, /^alert: api: error rate \d+(\.\d+)? % is above 50 %/m);
  const metrics = await (await fetch(`http://127.0.0.1:${project.adminPort}/metrics`)).text();
  assert.match(metrics, /^tidegate_alert_firing\{alert="api\.errors > 50%",subject="api"\} 1$/m);

  const taken = await until('it is taken', async () => {
    const now = await alert();
    return now?.told?.at && now;
  });
  assert.deepEqual([taken.state, taken.told?.attempts, taken.byDefault], ['firing', 2, false]);
  assert.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 1);
  const [{ headers, text, body } = assert.fail()] = received;
  assert.deepEqual(
    [body.project, body.alert.id, body.alert.state, body.alert.subject],
    ['shop', 'api.errors > 50%', 'firing', 'api'],
  );
  const secret = readFileSync(join(project.folder, '.tidegate/webhook-secret'), 'utf8').trim();
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const { 'webhook-id': id, 'webhook-timestamp': seconds } = headers;
  const signed = createHmac('sha256', key).update(`${String(id)}.${String(seconds)}.${text}`);
  assert.equal(headers['webhook-signature'], `v1,${signed.digest('base64')}`);

  setErring(project.folder, false);
  await until('the end is told', () =>
    received.some((each) => each.body.alert.state === 'resolved'),
  );
  assert.deepEqual(
    received.map(({ body: { alert } }) => alert.state),
    ['firing', 'firing', 'resolved'],
  );
  assert.equal((await alert())?.state, 'resolved');
  assert.deepEqual((await admin.status()).alerts, []);
  const { incidents } = await admin.decisions('api');
  const codes = incidents.map(({ code }) => code).filter((code) => code.startsWith('ALERT_'));
  assert.deepEqual(codes, ['ALERT_RESOLVED', 'ALERT_FIRING']);
  const log = readFileSync(join(project.folder, '.tidegate/logs/control.log'), 'utf8');
  assert.match(log, /alert firing: api: error rate/);
  assert.doesNotMatch(log, /hunter2/);
});
