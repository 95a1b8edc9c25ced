import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type RequestListener,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createGateway, type GatewayOptions } from '../../src/gateway/create.ts';
import type { GatewayFact } from '../../src/gateway/fact.ts';
import type {
  Gateway,
  GatewayServer,
  GatewayService,
  GatewayState,
} from '../../src/gateway/gateway.ts';
import {
  gatewayState as stateOf,
  route as routeOf,
} from '../../src/gateway/render/fixtures/states.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLog, type Log } from '../../src/kit/log.ts';
import type { RouteSpec } from '../../src/spec/spec.ts';
import { carriesNonce } from '../../src/process/identity.ts';
import { readProcessTable } from '../../src/process/table.ts';
import { killAtOurEnd } from './at-our-end.ts';
import { freePort } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

type Service = Omit<Partial<GatewayService>, 'spec'> & { spec?: Partial<GatewayService['spec']> };

export interface TestGateway extends Gateway {
  readonly port: number;
  readonly folder: string;
  readonly options: GatewayOptions;
  readonly remembered: (GatewayFact | null)[];
  /** Another control plane's view of the same place, but for what is changed. */
  successor(changes?: Partial<GatewayOptions>): Pick<TestGateway, 'remembered'> & Gateway;
  /** One service `api` behind one route, changed where told. */
  state(
    servers: readonly GatewayServer[],
    changes?: Service,
    route?: Partial<RouteSpec>,
  ): GatewayState;
}

/** A real HAProxy, not started yet, that is gone after the test. */
export async function testGateway(t: TestContext, log: Log = silentLog): Promise<TestGateway> {
  const folder = temporaryFolder(t);
  // HAProxy drops root and must still reach its sockets.
  chmodSync(folder, 0o711);
  const port = await freePort();
  const nonce = `nonce-${port}-${process.pid}`;
  const options: GatewayOptions = {
    folder: join(folder, 'haproxy'),
    runFolder: join(folder, 'run'),
    logsFolder: join(folder, 'logs'),
    nonce,
    log,
    clock: systemClock,
    remember: () => undefined,
  };
  const gateways: Gateway[] = [];
  const nonces = new Set<string>();
  const successor: TestGateway['successor'] = (changes) => {
    const remembered: (GatewayFact | null)[] = [];
    const remember = (fact: GatewayFact | null): void => void remembered.push(fact);
    const all = { ...options, ...changes, remember };
    if (!nonces.has(all.nonce)) killAtOurEnd(all.nonce);
    nonces.add(all.nonce);
    const gateway = createGateway(all);
    gateways.push(gateway);
    return { ...gateway, remembered };
  };
  t.after(async () => {
    for (const gateway of gateways) {
      await gateway.stop(0);
      await gateway.close();
    }
    const left = [...readProcessTable().keys()].filter((pid) =>
      [...nonces].some((each) => carriesNonce(pid, each)),
    );
    assert.deepEqual(left, [], 'nothing of HAProxy is left');
  });
  return {
    ...successor(),
    port,
    folder,
    options,
    successor,
    state: (servers, changes = {}, route = {}) => gatewayState(port, servers, changes, route),
  };
}

function gatewayState(
  port: number,
  servers: readonly GatewayServer[],
  changes: Service = {},
  route: Partial<RouteSpec> = {},
): GatewayState {
  const health = {
    path: null,
    intervalMs: 200,
    timeoutMs: 500,
    startupMs: 5e3,
    replaceAfterMs: 6e4,
  };
  return {
    ...stateOf([], { port, routes: [routeOf({ id: '/*', path: '/*', ...route })] }),
    services: {
      api: {
        leastReplicas: 1,
        circuit: { kind: 'closed' },
        trial: null,
        drainRate: null,
        sleep: null,
        slots: 6,
        servers,
        ...changes,
        spec: {
          name: 'api',
          health,
          concurrency: null,
          balance: { kind: 'round-robin' },
          sticky: false,
          retries: 2,
          slowStartMs: null,
          breaker: null,
          drainMs: 30_000,
          ...changes.spec,
        },
      },
    },
  };
}

export interface TestBackend extends GatewayServer {
  readonly server: Server;
  /** Requests it was given. */
  requests: number;
  /** Ends at once, with whatever it was doing. */
  kill(): void;
}

/** A real little server in this process; by default it answers with its name. */
export async function testBackend(
  t: TestContext,
  replica: string,
  listener: RequestListener = (_, response) => response.end(replica),
): Promise<TestBackend> {
  const server = createServer((incoming, response) => {
    backend.requests++;
    listener(incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const backend: TestBackend = {
    replica,
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    state: 'ready',
    server,
    requests: 0,
    kill() {
      server.close();
      server.closeAllConnections();
    },
  };
  t.after(() => backend.kill());
  return backend;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** One request; rejects when the connection breaks. */
export function ask(
  port: number,
  path = '/',
  {
    method = 'GET',
    agent = undefined as Agent | undefined,
    socketPath = undefined as string | undefined,
    headers = {},
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers,
      ...(agent && { agent }),
      ...(socketPath !== undefined && { socketPath }),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    });
    outgoing.end();
  });
}

/** Clients that ask again and again over connections they keep, until stopped. */
export function keepAsking(
  t: TestContext,
  port: number,
  clients = 10,
  headers: () => Record<string, string> = () => ({}),
) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const seen = { ok: 0, failures: [] as string[] };
  const enough = new AbortController();
  const client = async (): Promise<void> => {
    while (!enough.signal.aborted) {
      try {
        const { status } = await ask(port, '/', { agent, headers: headers() });
        if (status === 200) seen.ok++;
        else seen.failures.push(`status ${status}`);
      } catch (thrown) {
        seen.failures.push(String(thrown));
      }
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  const stop = async (): Promise<typeof seen> => {
    enough.abort();
    await all;
    agent.destroy();
    return seen;
  };
  t.after(stop);
  return { seen, stop };
}
