import { batch, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type {
  AlertView,
  DecisionView,
  DeploymentView,
  Explanation,
  History,
  IncidentView,
  RecommendationView,
  ServiceStatus,
  Status,
} from '../contract.ts';
import type { GatewayEvent, LiveEvent } from '../event-contract.ts';
import { inSteps, livePoint, storedPoint, withPoint } from './points.ts';
import type { Point } from './points.ts';
import { SHORTEST, mostPoints } from './range.ts';
import type { Range } from './range.ts';
import { isOfAll, together } from './words.ts';

/** All the page knows, as signals: what shows them is drawn anew where they change. */
export interface Live {
  readonly connection: ReadonlySignal<Connection>;
  /** Null before the first. */
  readonly status: ReadonlySignal<Status | null>;
  /** Of the newest status, ms since the epoch. */
  readonly now: ReadonlySignal<number>;
  readonly range: ReadonlySignal<Range>;
  /** In the order of the configuration. */
  readonly services: ReadonlySignal<readonly ServiceLive[]>;
  /** Of the gateway and the databases, the newest first. */
  readonly incidents: ReadonlySignal<readonly IncidentView[]>;
  /** Those that hold, and those that did until lately. */
  readonly alerts: ReadonlySignal<readonly AlertView[]>;
  readonly recommendations: ReadonlySignal<readonly RecommendationView[]>;
  /** The newest event of the gateway, and when it came. */
  readonly gatewayNews: ReadonlySignal<{
    readonly event: GatewayEvent;
    readonly at: number;
  } | null>;
  /** The deployment that ended last while the page was open, and when. */
  readonly ended: ReadonlySignal<{
    readonly deployment: DeploymentView;
    readonly at: number;
  } | null>;
  show(range: Range): void;
  /** Something was changed by hand: what is advised and what alerts is asked for anew. */
  changed(): void;
  /** Connects, and again whenever the connection is lost; the returned function ends it. */
  start(): () => void;
}

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'signed out';

export interface ServiceLive {
  readonly name: string;
  readonly status: ReadonlySignal<ServiceStatus>;
  /** One a step of the range, the oldest first. */
  readonly points: ReadonlySignal<readonly Point[]>;
  /** Those of the range, the newest first, at most `MOST_DECISIONS`. */
  readonly decisions: ReadonlySignal<readonly DecisionView[]>;
  /** Of its replicas, the newest first. */
  readonly incidents: ReadonlySignal<readonly IncidentView[]>;
}

/** How the page reaches the control plane; a test puts something else there. */
export interface Wire {
  /** Null: there is no session. @throws Error where there is no answer */
  readonly read: <T>(path: string) => Promise<T | null>;
  readonly events: () => EventSource;
  readonly now: () => number;
}

/** More are a wall and no markers. */
export const MOST_DECISIONS = 400;

const RETRY_MS = 3000;
/** Something seldom happens alone. */
const LOOK_AGAIN_MS = 1000;
const SHOWN_INCIDENTS = 20;
const ASK_ADVICE_MS = 60_000;

/** Holds nothing before `start`. */
export function createLive(wire: Wire): Live {
  const connection = signal<Connection>('connecting');
  const status = signal<Status | null>(null);
  const now = signal(wire.now());
  const range = signal(SHORTEST);
  const services = signal<readonly Kept[]>([]);
  const incidents = signal<readonly IncidentView[]>([]);
  const alerts = signal<readonly AlertView[]>([]);
  const recommendations = signal<readonly RecommendationView[]>([]);
  const gatewayNews = signal<{ event: GatewayEvent; at: number } | null>(null);
  const ended = signal<{ deployment: DeploymentView; at: number } | null>(null);
  /** Services of which something happened, whose incidents are asked for anew. */
  const stale = new Set<string>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let source: EventSource | null = null;
  let adviceAt = -Infinity;

  const later = (act: () => void, ms: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };

  const showStatus = (data: Status): void => {
    const at = wire.now();
    const known = new Map(services.value.map((each) => [each.name, each]));
    const fresh: Kept[] = [];
    batch(() => {
      const all = data.services.map((service) => {
        const found = known.get(service.name);
        if (!found) {
          const added = keptOf(service);
          fresh.push(added);
          return added;
        }
        found.status.value = service;
        found.points.value = withPoint(found.points.value, livePoint(service, at), range.value);
        if (service.lastDecision) decided(found, service.lastDecision);
        return found;
      });
      now.value = at;
      connection.value = 'live';
      status.value = data;
      const over = alerts.value.filter(
        ({ id, state }) => state === 'resolved' && !data.alerts.some((each) => each.id === id),
      );
      alerts.value = [...data.alerts, ...over];
      if (fresh.length > 0 || all.length !== services.value.length) services.value = all;
    });
    for (const service of fresh) void fill(service);
    if (at - adviceAt > ASK_ADVICE_MS) {
      adviceAt = at;
      void askAdvice();
    }
  };

  const decided = (service: Kept, decision: DecisionView): void => {
    const { decisions } = service;
    const [newest] = decisions.value;
    if (newest?.id === decision.id && newest.until === decision.until) return;
    const from = wire.now() - range.value.spanMs;
    decisions.value = [decision, ...decisions.value.filter(({ id }) => id !== decision.id)]
      .filter(({ at }, index) => index === 0 || Date.parse(at) >= from)
      .sort((one, other) => other.id - one.id)
      .slice(0, MOST_DECISIONS);
  };

  /** What happened before the page was opened, or before the range was; without it the page goes on from now. */
  const fill = async (service: Kept): Promise<void> => {
    const asked = range.value;
    const to = wire.now();
    const from = to - asked.spanMs;
    const path = `/api/v1/services/${encodeURIComponent(service.name)}`;
    const limit = 2 * mostPoints(asked);
    try {
      const [history, explanation] = await Promise.all([
        wire.read<History>(`${path}/history?from=${from}&to=${to}&limit=${limit}`),
        wire.read<Explanation>(`${path}/decisions?from=${from}&to=${to}&last=${MOST_DECISIONS}`),
      ]);
      if (!history || !explanation || range.value !== asked) return;
      batch(() => {
        const first = service.points.value[0]?.at ?? Infinity;
        const before = inSteps(history.points.map(storedPoint), asked, to);
        service.points.value = [
          ...before.filter(({ at }) => at < first),
          ...service.points.value,
        ].slice(-mostPoints(asked));
        for (const decision of explanation.decisions.toReversed()) decided(service, decision);
        happened(service, explanation.incidents);
      });
    } catch {
      // The live events fill it.
    }
  };

  const happened = (service: Kept, found: readonly IncidentView[]): void => {
    service.incidents.value = found.filter((each) => !isOfAll(each));
    incidents.value = together(incidents.value, found.filter(isOfAll)).slice(0, SHOWN_INCIDENTS);
  };

  const lookAgain = (names: readonly string[]): void => {
    if (stale.size === 0) later(() => void lookNow(), LOOK_AGAIN_MS);
    for (const name of names) stale.add(name);
  };
  const lookNow = async (): Promise<void> => {
    const names = [...stale];
    stale.clear();
    for (const name of names) {
      const path = `/api/v1/services/${encodeURIComponent(name)}/decisions?last=20`;
      const explanation = await wire.read<Explanation>(path).catch(() => null);
      const service = services.value.find((each) => each.name === name);
      if (explanation && service) happened(service, explanation.incidents);
    }
  };

  /** Each by itself: an older control plane may not know one of them. What fails is asked again in a minute. */
  const askAdvice = async (): Promise<void> => {
    const [advice, told] = await Promise.all([
      wire
        .read<{ recommendations: readonly RecommendationView[] }>('/api/v1/recommendations')
        .catch(() => null),
      wire.read<{ alerts: readonly AlertView[] }>('/api/v1/alerts').catch(() => null),
    ]);
    if (advice) recommendations.value = advice.recommendations;
    if (told) alerts.value = told.alerts;
  };

  const allNames = (): readonly string[] => services.value.map(({ name }) => name);

  const took = (live: LiveEvent): void => {
    switch (live.event) {
      case 'status':
        showStatus(live.data);
        break;
      case 'decision': {
        const { service, decision } = live.data;
        const found = services.value.find(({ name }) => name === service);
        if (found) decided(found, decision);
        break;
      }
      case 'replica': {
        const { service, state, was, code } = live.data;
        if (code !== undefined || state === 'failed' || state === was) lookAgain([service]);
        break;
      }
      case 'circuit':
        lookAgain([live.data.service]);
        break;
      case 'gateway':
        gatewayNews.value = { event: live.data, at: wire.now() };
        if (live.data.change !== 'reloaded') lookAgain(allNames());
        break;
      case 'database':
        lookAgain(allNames());
        break;
      case 'deployment': {
        const { deployment } = live.data;
        ended.value = deployment.state === 'running' ? null : { deployment, at: wire.now() };
        lookAgain(deployment.services.map(({ name }) => name));
        break;
      }
      case 'alert':
        alerts.value = [live.data, ...alerts.value.filter(({ id }) => id !== live.data.id)];
        break;
      case 'cache':
      case 'config':
      default:
        break;
    }
  };

  const listen = (): void => {
    source = wire.events();
    for (const event of EVENTS)
      source.addEventListener(event, ({ data }: MessageEvent<string>) =>
        took({ event, data: JSON.parse(data) }),
      );
    source.addEventListener('error', () => {
      connection.value = 'reconnecting';
      if (source?.readyState === CLOSED) void again();
    });
  };

  /** The browser gives up on a refusal: either the session is over, or the control plane will be back. */
  const again = async (): Promise<void> => {
    try {
      if ((await wire.read('/api/v1/status')) === null) {
        connection.value = 'signed out';
        return;
      }
    } catch {
      // Not there yet.
    }
    if (source !== null) later(listen, RETRY_MS);
  };

  return {
    connection,
    status,
    now,
    range,
    services,
    incidents,
    alerts,
    recommendations,
    gatewayNews,
    ended,
    show(chosen) {
      batch(() => {
        range.value = chosen;
        for (const service of services.value) {
          service.points.value = [];
          service.decisions.value = service.decisions.value.slice(0, 1);
        }
      });
      for (const service of services.value) void fill(service);
    },
    changed() {
      later(() => void askAdvice(), LOOK_AGAIN_MS);
    },
    start() {
      listen();
      return () => {
        source?.close();
        source = null;
        for (const timer of timers) clearTimeout(timer);
      };
    },
  };
}

// Private

const EVENTS = [
  'status',
  'decision',
  'replica',
  'circuit',
  'gateway',
  'database',
  'deployment',
  'alert',
] as const;

/** `EventSource.CLOSED` */
const CLOSED = 2;

interface Kept extends ServiceLive {
  readonly status: Signal<ServiceStatus>;
  readonly points: Signal<readonly Point[]>;
  readonly decisions: Signal<readonly DecisionView[]>;
  readonly incidents: Signal<readonly IncidentView[]>;
}

function keptOf(service: ServiceStatus): Kept {
  return {
    name: service.name,
    status: signal(service),
    points: signal([]),
    decisions: signal(service.lastDecision ? [service.lastDecision] : []),
    incidents: signal([]),
  };
}
