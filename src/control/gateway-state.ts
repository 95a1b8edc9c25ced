import type {
  GatewayServer,
  GatewayService,
  GatewaySleep,
  GatewayState,
} from '../gateway/gateway.ts';
import type { GatewaySpec, ServiceSpec } from '../spec/spec.ts';
import { SECOND } from '../kit/clock.ts';
import type { Replica, Roster } from './roster.ts';
import { isLeaving } from './roster.ts';

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

/**
 * What the gateway should look like with these replicas: those that serve, and those that finish what they have.
 * `refusedSeconds`: for how long nobody wakes a service that sleeps; null: a request does.
 */
export function gatewayState(
  { gateway, services: specs }: ServedSpec,
  replicas: readonly Replica[],
  refusedSeconds: (service: string) => number | null = () => null,
): GatewayState {
  const services: Record<string, GatewayService> = {};
  for (const service of specs) {
    const own = replicas.filter((replica) => replica.service === service.name);
    const servers = own
      .flatMap(serverOf)
      .sort((a, b) => a.replica.localeCompare(b.replica, 'en', { numeric: true }));
    services[service.name] = {
      spec: gatewayPart(service),
      leastReplicas: Math.max(1, service.scale.min),
      circuit: { kind: 'closed' },
      trial: null,
      drainRate: null,
      sleep: service.scale.min > 0 ? null : sleepOf(service, own, refusedSeconds(service.name)),
      slots: Math.max(service.scale.max + SPARE_SLOTS * service.update.maxSurge, servers.length),
      servers,
    };
  }
  return { gateway, services, keys: {}, certificate: null, cacheEpochs: {} };
}

/** Notes which replicas take traffic since the gateway does as `told`; returns those that did not before. */
export function noteServing(
  roster: Pick<Roster, 'find'>,
  { services }: GatewayState,
): readonly Replica[] {
  const ready = Object.values(services).flatMap(({ servers }) =>
    servers
      .filter(({ state }) => state === 'ready')
      .flatMap((each) => roster.find(each.replica) ?? []),
  );
  const fresh = ready.filter((replica) => replica.state === 'ready' && !replica.inGateway);
  for (const replica of fresh) replica.inGateway = true;
  return fresh;
}

// Private

/** Only what the gateway depends on: a changed scale rule must not look like a changed gateway. */
function gatewayPart(service: ServiceSpec): GatewayService['spec'] {
  const { name, health, concurrency, balance, sticky, retries, slowStartMs, drainMs, breaker } =
    service;
  return { name, health, concurrency, balance, sticky, retries, slowStartMs, drainMs, breaker };
}

/** Held a little longer than a start may take: the answer of a start that fails at its end is the better one. */
const HOLD_SLACK_MS = 5 * SECOND;

function sleepOf(
  { health }: ServiceSpec,
  replicas: readonly Replica[],
  refusedSeconds: number | null,
): GatewaySleep {
  const has = (state: Replica['state']): boolean =>
    replicas.some((each) => each.state === state && !isLeaving(each));
  const refusing = refusedSeconds !== null && !has('starting');
  return {
    state: has('ready') ? 'awake' : refusing ? 'refusing' : 'asleep',
    retryAfterSeconds: refusedSeconds ?? 1,
    holdMs: health.startupMs + HOLD_SLACK_MS,
  };
}

function serverOf(replica: Replica): GatewayServer[] {
  if (replica.state === 'starting' || replica.address === null) return [];
  const { host, port } = replica.address;
  return [
    { replica: replica.id, host, port, state: replica.state === 'ready' ? 'ready' : 'drain' },
  ];
}
