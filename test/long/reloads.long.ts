/** 50 reloads of HAProxy while clients that keep their connections go on asking: over HTTP/1.1 nothing is lost. */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { connect, constants, type ClientHttp2Session } from 'node:http2';
import { test, type TestContext } from 'node:test';
import { testBackend, testGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const RELOADS = 50;
const CLIENTS = 20;
const SESSIONS = 4;
const REFUSED = 'REFUSED_STREAM';
const MOST_ATTEMPTS = 5;

test('50 reloads under keep-alive GET and POST over HTTP/1.1 lose nothing and repeat nothing', async (t) => {
  const { gateway, reload, executed } = await service(t);
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const load = ask(CLIENTS, (method, id) => http1(gateway.port, agent, method, id));
  await reloadUnderLoad(reload, load);
  const { ok, failed } = await load.stop();
  agent.destroy();
  const twice = [...executed.values()].filter((times) => times > 1).length;
  t.diagnostic(
    `HTTP/1.1: ${RELOADS} reloads, ${ok} answered, ${sum(failed)} failed, ${twice} POSTs executed twice`,
  );
  assert.deepEqual(failed, {});
  assert.equal(twice, 0);
  assert.ok(ok > RELOADS * 20, 'the load went on throughout');
});

test('50 reloads under HTTP/2 refuse streams that were not begun, and lose nothing else', async (t) => {
  const { gateway, reload, executed } = await service(t);
  const sessions = Array.from({ length: SESSIONS }, () => http2(gateway.port));
  let next = 0;
  const refused = { GET: 0, POST: 0 };
  const load = ask(CLIENTS, async (method, id) => {
    const session = sessions[next++ % SESSIONS] as ReturnType<typeof http2>;
    for (let attempt = 1; ; attempt++) {
      const wrong = await session.ask(method, id);
      // By RFC 9113 8.7 such a request was not processed, and clients may send it again whatever its method is.
      if (wrong !== REFUSED || attempt === MOST_ATTEMPTS) return wrong;
      refused[method]++;
    }
  });
  await reloadUnderLoad(reload, load);
  const { ok, failed } = await load.stop();
  for (const session of sessions) session.end();
  const twice = [...executed.values()].filter((times) => times > 1).length;
  t.diagnostic(
    `HTTP/2, ${SESSIONS} connections: ${RELOADS} reloads, ${ok} answered, of them after REFUSED_STREAM ` +
      `${refused.GET} GETs and ${refused.POST} POSTs, ${sum(failed)} failed, ${twice} POSTs executed twice`,
  );
  assert.deepEqual(failed, {});
  assert.equal(twice, 0);
  assert.ok(ok > RELOADS * 20, 'the load went on throughout');
});

// Private

/** Two replicas whose POSTs are counted by id, behind a gateway that `reload` gives another route timeout each time. */
async function service(t: TestContext) {
  const gateway: TestGateway = await testGateway(t);
  const executed = new Map<string, number>();
  const servers = await Promise.all(
    ['api-1', 'api-2'].map((name) =>
      testBackend(t, name, (incoming, response) => {
        const id = incoming.url ?? '';
        if (incoming.method === 'POST') executed.set(id, (executed.get(id) ?? 0) + 1);
        incoming.resume().on('end', () => response.end(name));
      }),
    ),
  );
  await gateway.start(gateway.state(servers));
  const reload = async (round: number): Promise<void> => {
    const applied = await gateway.apply(gateway.state(servers, {}, { timeoutMs: 30_000 + round }));
    assert.equal(applied.kind, 'reload');
  };
  return { gateway, reload, executed };
}

type Method = 'GET' | 'POST';
/** Null: answered with 200; else what went wrong, in a word. */
type Ask = (method: Method, id: string) => Promise<string | null>;

/** Clients that ask one after another, half of the time with a body. */
function ask(clients: number, askOnce: Ask) {
  const seen = { ok: 0, failed: {} as Record<string, number> };
  const enough = new AbortController();
  const client = async (number: number): Promise<void> => {
    for (let count = 0; !enough.signal.aborted; count++) {
      const method = (count + number) % 2 === 0 ? 'GET' : 'POST';
      const wrong = await askOnce(method, `${number}-${count}`);
      if (wrong === null) seen.ok++;
      else seen.failed[`${method} ${wrong}`] = (seen.failed[`${method} ${wrong}`] ?? 0) + 1;
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return {
    seen,
    async stop() {
      enough.abort();
      await all;
      return seen;
    },
  };
}

async function reloadUnderLoad(
  reload: (round: number) => Promise<void>,
  { seen }: ReturnType<typeof ask>,
): Promise<void> {
  for (let round = 1; round <= RELOADS; round++) {
    const before = seen.ok;
    await until('each client to go on', () => seen.ok > before + 10 * CLIENTS);
    await reload(round);
  }
}

function http1(port: number, agent: Agent, method: Method, id: string): Promise<string | null> {
  return new Promise((resolve) => {
    const path = `/${id}`;
    const outgoing = request({ host: '127.0.0.1', port, path, method, agent }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode === 200 ? null : `status ${response.statusCode}`);
      });
      response.on('error', (thrown) => resolve(thrown.message));
    });
    outgoing.on('error', (thrown: NodeJS.ErrnoException) => resolve(thrown.code ?? thrown.message));
    outgoing.end(method === 'POST' ? 'x'.repeat(1000) : undefined);
  });
}

/** A client that opens another session when the one it has is told to end, as browsers do. */
function http2(port: number) {
  let session: ClientHttp2Session | null = null;
  const open = (): ClientHttp2Session => {
    if (session && !session.closed && !session.destroyed) return session;
    const opened = connect(`http://127.0.0.1:${port}`);
    const leave = (): void => void (session = session === opened ? null : session);
    opened.on('error', leave).on('close', leave).on('goaway', leave);
    return (session = opened);
  };
  const askOnce: Ask = (method, id) =>
    new Promise((resolve) => {
      const stream = open().request({ ':path': `/${id}`, ':method': method });
      let status = 0;
      let wrong: string | null = null;
      stream.on('response', (headers) => (status = headers[':status'] ?? 0));
      stream.on(
        'error',
        (thrown: NodeJS.ErrnoException) => (wrong = thrown.code ?? thrown.message),
      );
      stream.on('close', () => {
        if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) resolve(REFUSED);
        else resolve(status === 200 ? wrong : (wrong ?? `status ${status}`));
      });
      stream.resume();
      stream.end(method === 'POST' ? 'x'.repeat(1000) : undefined);
    });
  return { ask: askOnce, end: () => session?.destroy() };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}
