import { MINUTE } from '../kit/clock.ts';
import { humanDuration } from '../kit/duration.ts';
import type { Incident, IncidentStore } from '../state/incidents.ts';
import type { ControlEvent } from './control.ts';
import type { Deployment, ServiceProblem } from './view.ts';

/** The one place that writes down what happened to replicas and is no decision, for `explain`. */
export interface Incidents {
  /** A start that failed, a replica that ended, one that listens elsewhere. */
  problem(service: string, problem: ServiceProblem): void;
  add(incident: Incident): void;
  /** What replicas, the gateway and deployments tell of themselves. */
  readonly heard: (event: ControlEvent) => void;
}

/** Within this time so much of one kind is written down for a service; what comes on top is counted. */
const WINDOW_MS = 10 * MINUTE;
const MOST_PER_WINDOW = 20;

/** Starts that fail fail alike, once a minute for days, as do those that are not tried and replicas that keep dying: one row says it. */
const ONCE_PER_WINDOW = new Set([
  'CRASH_LOOP',
  'EXITED',
  'NEVER_READY',
  'NO_ROOM',
  'NOT_LISTENING',
  'REPLICAS_KEEP_DYING',
  'START_FAILED',
  'WRONG_PORT',
]);

const DATABASE_CODES = {
  ended: 'DATABASE_ENDED',
  back: 'DATABASE_BACK',
  failed: 'DATABASE_FAILED',
} as const;

const DEPLOYMENT_CODES = {
  running: 'DEPLOYMENT_BEGAN',
  done: 'DEPLOYMENT_ENDED',
  'rolled-back': 'DEPLOYMENT_FAILED',
  interrupted: 'DEPLOYMENT_FAILED',
  failed: 'DEPLOYMENT_FAILED',
} as const satisfies Record<Deployment['state'], string>;

interface Kind {
  windowAt: number;
  written: number;
  unwritten: number;
}

export function createIncidents(
  store: Pick<IncidentStore, 'add'>,
  services: () => readonly string[],
): Incidents {
  const kinds = new Map<string, Kind>();
  let told = '';

  const add = (incident: Incident): void => {
    const { service, code, at } = incident;
    const key = `${service} ${code}`;
    const before = kinds.get(key);
    // A clock that was set back begins the window anew.
    const within = before && at >= before.windowAt && at - before.windowAt < WINDOW_MS;
    const kind = within ? before : { windowAt: at, written: 0, unwritten: 0 };
    kinds.set(key, kind);
    if (kind.written >= (ONCE_PER_WINDOW.has(code) ? 1 : MOST_PER_WINDOW)) {
      kind.unwritten++;
      return;
    }
    kind.written++;
    const missed = within ? 0 : (before?.unwritten ?? 0);
    store.add(missed === 0 ? incident : { ...incident, message: withMissed(incident, missed) });
  };

  const addToAll = (at: number, code: string, message: string): void => {
    for (const service of services()) add({ at, service, replica: null, code, message });
  };

  return {
    add,
    problem(service, { code, message, at }) {
      add({ at, service, replica: replicaIn(service, message), code, message });
    },
    heard(event) {
      if (event.kind === 'deployment') {
        const { id, state } = event.deployment;
        if (told === `${id} ${state}`) return;
        told = `${id} ${state}`;
        for (const incident of ofDeployment(event.deployment, event.at)) add(incident);
      } else if (event.kind === 'alert') {
        const { at, service, alert } = event;
        if (service === null || alert.state === 'pending') return;
        const code = alert.state === 'firing' ? 'ALERT_FIRING' : 'ALERT_RESOLVED';
        add({ at, service, replica: null, code, message: `${alert.message}.` });
      } else if (event.kind === 'circuit') {
        const { at, service } = event;
        add({ at, service, replica: null, ...ofCircuit(event) });
      } else if (event.kind === 'gateway') {
        const said = gatewaySentence(event);
        if (said) addToAll(event.at, ...said);
      } else if (event.kind === 'database') {
        addToAll(event.at, DATABASE_CODES[event.change], event.message);
      } else if (event.kind === 'replica' && event.code !== undefined) {
        const { at, service, replica, code, note } = event;
        add({ at, service, replica, code, message: `${replica} ${note}.` });
      }
    },
  };
}

// Private

/** The first of its replicas that the message names. */
function replicaIn(service: string, message: string): string | null {
  const isName = (word: string): boolean =>
    word.startsWith(`${service}-`) && /^\d+$/.test(word.slice(service.length + 1));
  return message.split(/[^\w-]+/).find(isName) ?? null;
}

function withMissed({ message }: Incident, missed: number): string {
  return `${message} (${missed} more like it in the ${humanDuration(WINDOW_MS)} before)`;
}

/** Its beginning and its end; the steps between stand in the deployment itself. */
function ofDeployment(deployment: Deployment, toldAt: number): readonly Incident[] {
  const { id, kind, state, services, problem, startedAt } = deployment;
  const at = state === 'running' ? startedAt : toldAt;
  const why = problem === null ? '' : `: ${withoutStop(problem)}`;
  const how = {
    running: 'began',
    done: 'is done',
    'rolled-back': `was rolled back${why}`,
    interrupted: 'was interrupted and stands still',
    failed: `failed${why}`,
  }[state];
  return services.map(({ name, from, to }) => {
    const revisions = from !== to && from !== null && to !== null ? ` (${from} → ${to})` : '';
    const code = DEPLOYMENT_CODES[state];
    return { at, service: name, replica: null, code, message: `${kind} ${id}${revisions} ${how}.` };
  });
}

function ofCircuit({
  state,
  at,
  untilAt,
  reason,
}: Extract<ControlEvent, { kind: 'circuit' }>): Pick<Incident, 'code' | 'message'> {
  const why = reason === null ? '' : `: ${reason}`;
  switch (state) {
    case 'open': {
      const forText = untilAt === null ? '' : ` for ${humanDuration(Math.max(0, untilAt - at))}`;
      return {
        code: 'CIRCUIT_OPENED',
        message: `The gateway refuses its requests${forText}${why}.`,
      };
    }
    case 'half-open':
      return {
        code: 'CIRCUIT_HALF_OPEN',
        message: 'The gateway tries it with one request at a time.',
      };
    case 'closed':
      return { code: 'CIRCUIT_CLOSED', message: `Its requests pass again${why}.` };
  }
}

/** For the middle of a sentence: what a program wrote may stand on further lines. */
function withoutStop(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\.$/, '');
}

/** Reloads are routine; a first start is no news. */
function gatewaySentence({
  change,
  reasons,
}: Extract<ControlEvent, { kind: 'gateway' }>): readonly [code: string, message: string] | null {
  const why = reasons.length > 0 ? `: ${withoutStop(reasons.join('; '))}` : '';
  switch (change) {
    case 'died':
      return ['GATEWAY_DIED', 'The gateway ended by itself; connections in flight were lost.'];
    case 'started':
      return why === '' ? null : ['GATEWAY_BACK', `The gateway is there again${why}.`];
    case 'adopted':
      return ['ADOPTED', 'A new control plane took over the gateway and the replicas that ran.'];
    case 'refused':
      return ['GATEWAY_REFUSED', `The gateway refused a change; the last one serves${why}.`];
    case 'troubled':
      return ['GATEWAY_TROUBLED', `${withoutStop(reasons.join('; '))}.`];
    case 'mended':
      return ['GATEWAY_MENDED', `${withoutStop(reasons.join('; '))}.`];
    case 'reloaded':
      return null;
  }
}
