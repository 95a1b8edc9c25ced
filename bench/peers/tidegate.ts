import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLog } from '../../src/kit/log.ts';
import { startLoop } from '../../src/kit/loop.ts';
import { createGateway } from '../../src/gateway/create.ts';
import type { GatewayState } from '../../src/gateway/gateway.ts';
import { until } from '../../test/support/until.ts';
import { resolveSpec } from '../../src/spec/resolve.ts';
import type { Spec } from '../../src/spec/spec.ts';
import type { Peer, PeerSite, RunningPeer } from './peer.ts';

/**
 * Ours as it stands in front of a real project: four routes of which the third is asked, health checks every second,
 * the identifying headers, and the metrics read every second as the control plane reads them (in this process).
 */
export const tidegate: Peer = peer('Tidegate', {});

/** The same without the two defaults that cost most: retries elsewhere (HAProxy copies each request) and gzip. */
export const tidegatePlain: Peer = peer('Tidegate, no retries, no gzip', {
  retries: 0,
  compression: false,
});

/** Starts the gateway alone with this state; the metrics are read as a control plane reads them. */
export async function startTidegate(
  site: PeerSite,
  state: GatewayState,
  headers: Readonly<Record<string, string>> = {},
): Promise<RunningPeer> {
  const runFolder = join(site.folder, 'run');
  mkdirSync(runFolder, { recursive: true });
  const gateway = createGateway({
    folder: join(site.folder, 'haproxy'),
    runFolder,
    logsFolder: join(site.folder, 'logs'),
    nonce: `bench-${process.pid}`,
    log: silentLog,
    clock: systemClock,
    remember: () => undefined,
  });
  await gateway.start(state);
  // A gateway whose latencies do not arrive would be measured without its metrics.
  const latencies = until('latencies arrive', async () => {
    await fetch(`http://127.0.0.1:${site.port}/api/hello`, { headers });
    return ((await gateway.traffic()).services['api']?.latency.total ?? 0) > 0;
  });
  try {
    await latencies;
  } catch (thrown) {
    await gateway.stop(0);
    throw thrown;
  }
  const metrics = startLoop({
    intervalMs: () => 1000,
    turn: async () => void (await gateway.traffic()),
    onError: (thrown) => console.error(thrown),
  });
  return {
    pid: gateway.pid() as number,
    async stop() {
      await metrics.stop();
      await gateway.stop(0);
      await gateway.close();
    },
  };
}

/** The state that a specification leads to when each of its services has these replicas. */
export function stateOf({ gateway, services }: Spec, backends: readonly number[]): GatewayState {
  return {
    gateway,
    keys: {},
    certificate: null,
    cacheEpochs: {},
    services: Object.fromEntries(
      Object.values(services).map((spec) => [
        spec.name,
        {
          spec,
          leastReplicas: 1,
          circuit: { kind: 'closed' as const },
          trial: null,
          drainRate: null,
          sleep: null,
          slots: 10,
          servers: backends.map((port, at) => ({
            replica: `${spec.name}-${at + 1}`,
            host: '127.0.0.1',
            port,
            state: 'ready' as const,
          })),
        },
      ]),
    ),
  };
}

// Private

interface Options {
  readonly retries?: number;
  readonly compression?: boolean;
}

function peer(name: string, options: Options): Peer {
  return { name, start: (site) => startTidegate(site, stateFor(site, options)) };
}

/** The state that a configuration with these routes leads to. */
function stateFor({ folder, port, backends }: PeerSite, options: Options): GatewayState {
  const { retries, compression } = options;
  const service = {
    command: 'true',
    health: { path: '/health' },
    ...(retries === undefined ? {} : { retries }),
  };
  const resolved = resolveSpec(
    {
      gateway: {
        port,
        ...(compression === undefined ? {} : { compression }),
        routes: [
          { path: '/orders/*', service: 'orders' },
          { path: '/users/:id', methods: 'POST', service: 'orders' },
          { path: '/api/*', service: 'api' },
          { path: '/*', service: 'orders' },
        ],
      },
      services: { api: service, orders: service },
    },
    { folder, machine: { cores: 2, memoryBytes: 2 ** 32 } },
  );
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return stateOf(resolved.spec, backends);
}
