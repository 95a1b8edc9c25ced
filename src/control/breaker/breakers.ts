import type { Clock } from '../../kit/clock.ts';
import { SECOND } from '../../kit/clock.ts';
import { humanDuration } from '../../kit/duration.ts';
import { codeOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';
import type { Gateway, ServerTraffic } from '../../gateway/gateway.ts';
import type { BreakerSpec } from '../../spec/spec.ts';
import type { FactStore } from '../../state/store.ts';
import type { ControlEvent } from '../control.ts';
import type { GatewayConditions } from '../gateway-state.ts';
import { CALM } from '../gateway-state.ts';
import type { ManagedService } from '../managed-service.ts';
import type { Replica, Roster } from '../roster.ts';
import { isServing } from '../roster.ts';
import type { BreakerChange, BreakerMemory } from './breaker.ts';
import { conditionsOf, freshBreaker, stepBreaker } from './breaker.ts';
import { NO_ATTEMPTS } from './attempts.ts';
import type { CircuitMemory } from './circuit.ts';
import type { SeenReplica } from './ejection.ts';
import { memoriesFrom } from './memories.ts';

export interface Breakers {
  readonly conditions: GatewayConditions['breaker'];
  /** Null: the service has no breaker. */
  circuit(service: string): CircuitMemory | null;
  /** How long to wait between two looks. */
  lookEveryMs(): number;
  /** Looks at what was attempted, tells the gateway and everybody what follows from it. */
  turn(): Promise<void>;
}

export interface BreakersDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly gateway: Pick<Gateway, 'attempts'>;
  readonly services: ReadonlyMap<string, ManagedService>;
  readonly roster: Pick<Roster, 'of' | 'note'>;
  readonly facts: FactStore;
  readonly emit: (event: ControlEvent) => void;
  readonly publish: () => Promise<boolean>;
}

/**
 * The breakers of all services. What is held, tried and open outlives the control plane: one that comes after it must not
 * let everything in again at once.
 */
export function createBreakers(deps: BreakersDeps): Breakers {
  const { clock, services, roster } = deps;
  const memories = new Map<string, BreakerMemory>(memoriesFrom(deps.facts.get(FACT)));

  const withBreaker = (): readonly (readonly [string, BreakerSpec])[] =>
    [...services].flatMap(([name, { spec }]) =>
      spec.breaker ? [[name, spec.breaker] as const] : [],
    );

  const tell = (service: string, change: BreakerChange, at: number): void => {
    if (change.kind === 'circuit') {
      const { state, reason, untilAt } = change.circuit;
      deps.log[state === 'open' ? 'warn' : 'info']({ service, reason }, `its circuit is ${state}`);
      deps.emit({ kind: 'circuit', at, service, state, was: change.was, reason, untilAt });
      return;
    }
    const replica = roster.of(service).find(({ id }) => id === change.replica);
    if (!replica) return;
    const [note, code] = noteOf(change, at);
    deps.log[change.kind === 'ejected' ? 'warn' : 'info']({ replica: replica.id }, note);
    roster.note(replica, at, note, code);
  };

  /** Whether the gateway has to be told. */
  const step = (
    name: string,
    spec: BreakerSpec,
    servers: readonly ServerTraffic[],
    now: number,
  ): boolean => {
    const before = memories.get(name) ?? freshBreaker(now);
    const replicas = roster.of(name).filter(isServing);
    const seen = replicas.map((each) => seenOf(each, servers));
    const { memory, changes } = stepBreaker(before, seen, spec, now);
    memories.set(name, memory);
    for (const each of roster.of(name)) each.ejected = memory.replicas[each.id]?.ejected ?? null;
    for (const change of changes) tell(name, change, now);
    return told(before) !== told(memory);
  };

  /** Of services that are no more, or have no breaker any longer. */
  const forget = (names: ReadonlySet<string>): boolean => {
    const gone = [...memories].filter(([name]) => !names.has(name));
    for (const [name] of gone) {
      memories.delete(name);
      for (const replica of roster.of(name)) replica.ejected = null;
    }
    return gone.some(([, memory]) => told(memory) !== told(freshBreaker(0)));
  };

  const remember = (): void => {
    try {
      deps.facts.set(FACT, Object.fromEntries(memories));
    } catch (err) {
      // On a full disk the gateway is told all the same.
      deps.log.warn({ err }, 'what is held and open could not be written down');
    }
  };

  return {
    conditions: (service) => {
      const memory = memories.get(service);
      return memory ? conditionsOf(memory) : CALM.breaker(service);
    },
    circuit: (service) => memories.get(service)?.circuit ?? null,
    lookEveryMs: () => (withBreaker().length > 0 ? LOOK_MS : SECOND),
    async turn() {
      const specs = withBreaker();
      const forgot = forget(new Set(specs.map(([name]) => name)));
      const attempts = await look(deps.gateway, specs);
      const now = clock.now();
      const changed = specs.map(([name, spec]) => {
        const servers = attempts?.[name];
        return servers !== undefined && step(name, spec, servers, now);
      });
      if (!forgot && !changed.some(Boolean)) return;
      remember();
      await deps.publish();
    },
  };
}

// Private

const FACT = 'breakers';

/** A replica that errs is busy erring: the sooner it is seen, the fewer notice. */
const LOOK_MS = SECOND / 4;

/** Null: the gateway is silent, which the scale loop tells. */
async function look(
  gateway: Pick<Gateway, 'attempts'>,
  specs: readonly (readonly [string, BreakerSpec])[],
): Promise<Readonly<Record<string, readonly ServerTraffic[]>> | null> {
  if (specs.length === 0) return null;
  try {
    return await gateway.attempts(specs.map(([name]) => name));
  } catch (thrown) {
    if (codeOf(thrown) === 'GATEWAY_SILENT') return null;
    throw thrown;
  }
}

function seenOf({ id, unhealthySince }: Replica, servers: readonly ServerTraffic[]): SeenReplica {
  const server = servers.find(({ replica }) => replica === id);
  if (!server) return { id, attempts: NO_ATTEMPTS, inFlight: 0, healthy: unhealthySince === null };
  const { requests, errors, inFlight, healthy } = server;
  return { id, attempts: { requests, errors }, inFlight, healthy };
}

function told(memory: BreakerMemory): string {
  const { ejected, ...rest } = conditionsOf(memory);
  return JSON.stringify([rest, [...ejected].sort()]);
}

function noteOf(
  change: Exclude<BreakerChange, { kind: 'circuit' }>,
  at: number,
): readonly [note: string, code: string] {
  if (change.kind === 'back') return [`gets requests again: ${change.reason}`, 'BACK_IN_SERVICE'];
  const { times, untilAt, since, reason } = change.ejected;
  const forText = humanDuration(untilAt - at);
  const longer = times > 1 && since < at ? `${forText} more` : forText;
  return [`errs and gets no requests for ${longer}: ${reason}`, 'EJECTED'];
}
