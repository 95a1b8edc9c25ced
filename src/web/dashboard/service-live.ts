import { batch, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { DecisionView, History, IncidentView, ServiceStatus } from '../contract.ts';
import { inSteps, joined, livePoint, storedPoint, until, withPoint } from './points.ts';
import type { Point } from './points.ts';
import { mostPoints } from './range.ts';
import type { Range } from './range.ts';

/** All the page knows of a service. */
export interface ServiceLive {
  readonly name: string;
  readonly status: ReadonlySignal<ServiceStatus>;
  /** One a step of the range, the oldest first. */
  readonly points: ReadonlySignal<readonly Point[]>;
  /** Those of the range, the newest first, at most `MOST_DECISIONS`. */
  readonly decisions: ReadonlySignal<readonly DecisionView[]>;
  /** Of the service and its replicas, within the range, the newest first. */
  readonly incidents: ReadonlySignal<readonly IncidentView[]>;
}

/** The same where it is filled. */
export interface KeptService extends ServiceLive {
  readonly status: Signal<ServiceStatus>;
  readonly points: Signal<readonly Point[]>;
  readonly decisions: Signal<readonly DecisionView[]>;
  readonly incidents: Signal<readonly IncidentView[]>;
  /** Since when it has been watched without a break, ms since the epoch: all before was recorded. */
  since: number;
}

/** More are a wall and no markers. */
export const MOST_DECISIONS = 400;

export function keepService(service: ServiceStatus, now: number): KeptService {
  return {
    name: service.name,
    status: signal(service),
    points: signal([]),
    decisions: signal(service.lastDecision ? [service.lastDecision] : []),
    incidents: signal([]),
    since: now,
  };
}

/** As it is at this moment. */
export function addStatus(
  kept: KeptService,
  service: ServiceStatus,
  range: Range,
  now: number,
): void {
  kept.status.value = service;
  // A clock that was set back.
  kept.since = Math.min(kept.since, now);
  kept.points.value = withPoint(kept.points.value, livePoint(service, now), range);
  if (service.lastDecision) addDecision(kept, service.lastDecision, range, now);
}

/** One that is known, repeated, takes its place; those older than the range leave, but never the one in force. */
export function addDecision(
  { decisions }: KeptService,
  decision: DecisionView,
  { spanMs }: Range,
  now: number,
): void {
  const [newest] = decisions.value;
  if (newest?.id === decision.id && newest.until === decision.until) return;
  decisions.value = [decision, ...decisions.value.filter(({ id }) => id !== decision.id)]
    .sort((one, other) => other.id - one.id)
    .filter(({ at }, index) => index === 0 || Date.parse(at) >= now - spanMs)
    .slice(0, MOST_DECISIONS);
}

/** What was recorded before it was watched. */
export function addHistory(
  kept: KeptService,
  history: History,
  decisions: readonly DecisionView[],
  range: Range,
  now: number,
): void {
  batch(() => {
    const recorded = inSteps(history.points.map(storedPoint), range, now);
    const points = joined(recorded, kept.points.value, kept.since, range);
    kept.points.value = points.slice(-mostPoints(range));
    for (const decision of decisions.toReversed()) addDecision(kept, decision, range, now);
  });
}

/** For another range, or after a while that was not seen: what there is stays in view until its history has come. */
export function beginAnew(kept: KeptService, range: Range, now: number): void {
  kept.since = now;
  kept.points.value = until(kept.points.value, now, range);
}
