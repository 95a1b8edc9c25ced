import type { GatewayServer, GatewayService, GatewayState } from '../gateway/gateway.ts';
import type { GatewaySpec, ServiceSpec } from '../spec/spec.ts';
import type { Replica } from './roster.ts';

/**
 * Room beside `scale.max`, for each replica that a deploy may start at once: for that one, and for three that still
 * drain or are being replaced, so that these need no reload.
 */
const SPARE_SLOTS = 4;

/** The routes and the services behind them. */
export interface ServedSpec {
  readonly gateway: GatewaySpec;
  readonly services: readonly ServiceSpec[];
}

/** What the gateway should look like with these replicas: those that serve, and those that finish what they have. */
export function gatewayState(
  { gateway, services: specs }: ServedSpec,
  replicas: readonly Replica[],
): GatewayState {
  const services: Record<string, GatewayService> = {};
  for (const service of specs) {
    const servers = replicas
      .filter((replica) => replica.service === service.name)
      .flatMap(serverOf)
      .sort((a, b) => a.replica.localeCompare(b.replica, 'en', { numeric: true }));
    services[service.name] = {
      spec: gatewayPart(service),
      sleep: null,
      slots: Math.max(service.scale.max + SPARE_SLOTS * service.update.maxSurge, servers.length),
      servers,
    };
  }
  return { gateway, services };
}

// Private

/** Only what the gateway depends on: a changed scale rule must not look like a changed gateway. */
function gatewayPart(service: ServiceSpec): GatewayService['spec'] {
  const { name, health, concurrency, balance, sticky, retries, slowStartMs, drainMs } = service;
  return { name, health, concurrency, balance, sticky, retries, slowStartMs, drainMs };
}

function serverOf(replica: Replica): GatewayServer[] {
  if (replica.state === 'starting' || replica.address === null) return [];
  const { host, port } = replica.address;
  return [
    { replica: replica.id, host, port, state: replica.state === 'ready' ? 'ready' : 'drain' },
  ];
}
