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

/** What else the gateway is told, beside who serves; it changes while the configuration stays. */
export interface GatewayConditions {
  /** For how long nobody wakes a service that sleeps; null: a request does. */
  refusedSeconds(service: string): number | null;
  /** See `GatewayService`; with so many replicas ready. */
  drainRate(service: string, concurrency: number | null, ready: number): number | null;
  /** See `GatewayService`; `ejected` are replicas. */
  breaker(service: string): Pick<GatewayService, 'circuit' | 'trial'> & {
    readonly ejected: ReadonlySet<string>;
  };
  /** See `GatewayState`. */
  keys(): GatewayState['keys'];
  certificate(): string | null;
  cacheEpochs(): GatewayState['cacheEpochs'];
}

/** Nothing fails, nothing is known, nobody waits. */
export const CALM: GatewayConditions = {
  refusedSeconds: () => null,
  drainRate: () => null,
  breaker: () => ({ circuit: { kind: 'closed' }, trial: null, ejected: new Set() }),
  keys: () => ({}),
  certificate: () => null,
  cacheEpochs: () => ({}),
};

/** What the gateway should look like with these replicas: those that serve, and those that finish what they have. */
export function gatewayState(
  { gateway, services: specs }: ServedSpec,
  replicas: readonly Replica[],
  conditions: GatewayConditions = CALM,
): GatewayState {
  const services: Record<string, GatewayService> = {};
  for (const service of specs) {
    const own = replicas.filter((replica) => replica.service === service.name);
    const { circuit, trial, ejected } = conditions.breaker(service.name);
    const servers = own
      .flatMap((replica) => serverOf(replica, ejected.has(replica.id)))
      .sort((a, b) => a.replica.localeCompare(b.replica, 'en', { numeric: true }));
    services[service.name] = {
      spec: gatewayPart(service),
      leastReplicas: Math.max(1, service.scale.min),
      circuit,
      trial,
      drainRate: conditions.drainRate(
        service.name,
        service.concurrency,
        servers.filter(({ state }) => state === 'ready').length,
      ),
      sleep:
        service.scale.min > 0
          ? null
          : sleepOf(service, own, conditions.refusedSeconds(service.name)),
      slots: Math.max(service.scale.max + SPARE_SLOTS * service.update.maxSurge, servers.length),
      servers,
    };
  }
  return {
    gateway,
    services,
    keys: conditions.keys(),
    certificate: conditions.certificate(),
    cacheEpochs: conditions.cacheEpochs(),
  };
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

function serverOf(replica: Replica, ejected: boolean): GatewayServer[] {
  if (replica.state === 'starting' || replica.ending || replica.address === null) return [];
  const { host, port } = replica.address;
  const state = replica.state !== 'ready' ? 'drain' : ejected ? 'ejected' : 'ready';
  return [{ replica: replica.id, host, port, state }];
}
