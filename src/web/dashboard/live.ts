import { batch, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { AlertView } from '../alert-contract.ts';
import type { DeploymentView, Explanation, History, IncidentView, Status } from '../contract.ts';
import type { RecommendationView } from '../recommendation-contract.ts';
import type { GatewayEvent, LiveEvent } from '../event-contract.ts';
import { listen } from './listen.ts';
import type { Wire } from './listen.ts';
import { SHORTEST, mostPoints } from './range.ts';
import type { Range } from './range.ts';
import {
  MOST_DECISIONS,
  addDecision,
  addHistory,
  addStatus,
  beginAnew,
  keepService,
} from './service-live.ts';
import type { KeptService, ServiceLive } from './service-live.ts';
import { isOfAll, together } from './words.ts';

/** All the page knows, as signals: what shows them is drawn anew where they change. */
export interface Live {
  readonly connection: ReadonlySignal<Connection>;
  /** Null before the first. */
  readonly status: ReadonlySignal<Status | null>;
  /** Of the newest status, ms since the epoch by the clock of the control plane: that of the browser may be another. */
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
  const services = signal<readonly KeptService[]>([]);
  const incidents = signal<readonly IncidentView[]>([]);
  const alerts = signal<readonly AlertView[]>([]);
  const recommendations = signal<readonly RecommendationView[]>([]);
  const gatewayNews = signal<{ event: GatewayEvent; at: number } | null>(null);
  const ended = signal<{ deployment: DeploymentView; at: number } | null>(null);
  /** Services of which something happened, whose incidents are asked for anew. */
  const stale = new Set<string>();
  let adviceAt = -Infinity;

  const named = (name: string): KeptService | undefined =>
    services.value.find((each) => each.name === name);

  const showStatus = (data: Status, at: number): void => {
    const wasAway = connection.value === 'reconnecting';
    const before = services.value;
    const all = data.services.map((service) => named(service.name) ?? keepService(service, at));
    batch(() => {
      now.value = at;
      connection.value = 'live';
      status.value = data;
      const over = alerts.value.filter(
        ({ id, state }) => state === 'resolved' && !data.alerts.some((each) => each.id === id),
      );
      alerts.value = [...data.alerts, ...over];
      for (const [index, kept] of all.entries()) {
        if (wasAway) beginAnew(kept, range.value, at);
        const service = data.services[index];
        if (service) addStatus(kept, service, range.value, at);
      }
      const same = all.length === before.length && all.every((kept, at) => kept === before[at]);
      if (!same) services.value = all;
    });
    for (const kept of all) if (wasAway || !before.includes(kept)) void fill(kept);
    if (at - adviceAt > ASK_ADVICE_MS) void askAdvice();
  };

  /** What happened before the page was opened, or before the range was; without it the page goes on from now. */
  const fill = async (service: KeptService): Promise<void> => {
    const asked = range.value;
    const { since } = service;
    const to = now.value;
    const span = `from=${to - asked.spanMs}&to=${to}`;
    const path = `/api/v1/services/${encodeURIComponent(service.name)}`;
    const [history, explanation] = await Promise.all([
      wire.read<History>(`${path}/history?${span}&limit=${2 * mostPoints(asked)}`),
      wire.read<Explanation>(`${path}/decisions?${span}&last=${MOST_DECISIONS}`),
    ]).catch(() => [null, null]);
    // Somebody may have chosen another meanwhile, or it was asked for anew.
    if (!history || !explanation || range.value !== asked || service.since !== since) return;
    addHistory(service, history, explanation.decisions, asked, to);
    happened(service, explanation.incidents);
  };

  const happened = (service: KeptService, found: readonly IncidentView[]): void => {
    service.incidents.value = found.filter((each) => !isOfAll(each));
    incidents.value = together(incidents.value, found.filter(isOfAll)).slice(0, SHOWN_INCIDENTS);
  };

  const lookAgain = (names: readonly string[]): void => {
    if (stale.size === 0) setTimeout(() => void lookNow(), LOOK_AGAIN_MS);
    for (const name of names) stale.add(name);
  };
  const lookNow = async (): Promise<void> => {
    const names = [...stale];
    stale.clear();
    for (const name of names) {
      const asked = range.value;
      const span = `from=${now.value - asked.spanMs}&last=1`;
      const path = `/api/v1/services/${encodeURIComponent(name)}/decisions?${span}`;
      const explanation = await wire.read<Explanation>(path).catch(() => null);
      const service = named(name);
      // Another range was chosen: its own incidents are on their way.
      if (range.value !== asked) continue;
      if (explanation && service) happened(service, explanation.incidents);
    }
  };

  /** Each by itself: an older control plane may not know one of them. What fails is asked again in a minute. */
  const askAdvice = async (): Promise<void> => {
    adviceAt = now.value;
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

  const took = (live: LiveEvent, at: number): void => {
    switch (live.event) {
      case 'status':
        showStatus(live.data, at);
        break;
      case 'decision': {
        const service = named(live.data.service);
        if (service) addDecision(service, live.data.decision, range.value, at);
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
        gatewayNews.value = { event: live.data, at };
        if (live.data.change !== 'reloaded') lookAgain(allNames());
        break;
      case 'database':
        lookAgain(allNames());
        break;
      case 'deployment': {
        const { deployment } = live.data;
        ended.value = deployment.state === 'running' ? null : { deployment, at };
        lookAgain(deployment.services.map(({ name }) => name));
        break;
      }
      case 'alert':
        alerts.value = [live.data, ...alerts.value.filter(({ id }) => id !== live.data.id)];
        // That it begins to hold is no incident; a queue's is one of the service that works it off.
        if (live.data.state !== 'pending')
          lookAgain(named(live.data.subject) ? [live.data.subject] : allNames());
        break;
      case 'cache':
      case 'config':
      default:
        break;
    }
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
        for (const service of services.value) beginAnew(service, chosen, now.value);
      });
      for (const service of services.value) void fill(service);
    },
    changed() {
      setTimeout(() => void askAdvice(), LOOK_AGAIN_MS);
    },
    start: () =>
      listen(wire, took, (signedOut) => {
        connection.value = signedOut ? 'signed out' : 'reconnecting';
      }),
  };
}
