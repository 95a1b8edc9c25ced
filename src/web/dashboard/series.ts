import type { HistoryPoint, ServiceStatus, ShadowStatus } from '../contract.ts';
import { count, milliseconds, rate } from './format.ts';

/** The parts of the timeline that stand one above the other, each with a scale of its own. */
export type PanelName = 'load' | 'latency' | 'replicas';

/** A line of the timeline: where its numbers come from, and how they are drawn and said. */
export interface Series {
  readonly key: string;
  readonly label: string;
  readonly panel: PanelName;
  /** A custom property of `styles/tokens.css`. */
  readonly colour: string;
  readonly shape: 'area' | 'line' | 'steps' | 'dashes' | 'dashed';
  /** How numbers of one step become one: their mean, or the largest where one asks how bad it got. */
  readonly combine: 'mean' | 'max';
  readonly live: (service: ServiceStatus) => number | null;
  /** Null where it is not stored. */
  readonly stored: (point: HistoryPoint) => number | null;
  readonly text: (value: number | null) => string;
  /** Where it is nothing there is no line, which would look as if there were something. */
  readonly rare?: true;
  /** Few services have it: it is named only where there is some. */
  readonly optional?: true;
  /** The series it is drawn on top of. */
  readonly onTopOf?: string;
}

/** In the order in which they are drawn: what comes later lies above. */
export const SERIES: readonly Series[] = [
  {
    key: 'requests',
    label: 'requests',
    panel: 'load',
    colour: '--tide',
    shape: 'area',
    combine: 'mean',
    live: ({ signals }) => signals.rps,
    stored: ({ signals }) => signals.rps ?? null,
    text: rate,
  },
  {
    key: 'failed',
    label: 'failed',
    panel: 'load',
    colour: '--bad',
    shape: 'area',
    combine: 'mean',
    live: ({ signals }) => product(signals.rps, signals.errors),
    stored: ({ signals }) => product(signals.rps, signals.errors),
    text: rate,
    rare: true,
  },
  {
    key: 'expected',
    label: 'expected',
    panel: 'load',
    colour: '--tide-soft',
    shape: 'dashed',
    combine: 'mean',
    live: ({ forecast }) => forecast?.expectedRps ?? null,
    stored: ({ forecast }) => forecast?.rps ?? null,
    text: rate,
    optional: true,
  },
  {
    key: 'p95',
    label: 'p95',
    panel: 'latency',
    colour: '--dusk',
    shape: 'line',
    combine: 'max',
    live: ({ signals }) => signals.latencyP95Ms,
    stored: ({ signals }) => signals.latencyP95Ms ?? null,
    text: milliseconds,
  },
  {
    key: 'p50',
    label: 'p50',
    panel: 'latency',
    colour: '--dusk-soft',
    shape: 'line',
    combine: 'mean',
    live: ({ signals }) => signals.latencyP50Ms,
    stored: ({ signals }) => signals.latencyP50Ms ?? null,
    text: milliseconds,
  },
  {
    key: 'starting',
    label: 'starting',
    panel: 'replicas',
    colour: '--sand-soft',
    shape: 'steps',
    combine: 'max',
    live: ({ replicas }) => replicas.filter(({ state }) => state === 'starting').length,
    stored: () => null,
    text: count,
    rare: true,
    onTopOf: 'ready',
  },
  {
    key: 'ready',
    label: 'ready',
    panel: 'replicas',
    colour: '--sand',
    shape: 'steps',
    combine: 'mean',
    live: ({ ready }) => ready,
    stored: ({ ready }) => ready,
    text: count,
  },
  {
    key: 'wanted',
    label: 'wanted',
    panel: 'replicas',
    colour: '--ink',
    shape: 'dashes',
    combine: 'mean',
    live: ({ desired }) => desired,
    stored: ({ desired }) => desired,
    text: count,
  },
  shadowOf('linear', '--moss'),
  shadowOf('exponential', '--clay'),
  shadowOf('target', '--rose'),
  shadowOf('predictive', '--tide'),
  shadowOf('slo', '--dusk'),
];

/** Where a series stands in the values of a point. @throws Error for a key that is in no series */
export function indexOf(key: string): number {
  const index = SERIES.findIndex((series) => series.key === key);
  if (index === -1) throw new Error(`there is no series ${key}`);
  return index;
}

// Private

/** What a policy beside the live one would have wanted. */
function shadowOf(policy: ShadowStatus['policy'], colour: string): Series {
  return {
    key: `shadow-${policy}`,
    label: `shadow ${policy}`,
    panel: 'replicas',
    colour,
    shape: 'dashes',
    combine: 'mean',
    live: ({ shadows }) =>
      shadows.find((shadow) => shadow.policy === policy && shadow.problem === null)?.desired ??
      null,
    stored: ({ shadows }) => shadows?.[policy] ?? null,
    text: count,
    optional: true,
  };
}

function product(one: number | null | undefined, other: number | null | undefined): number | null {
  return typeof one === 'number' && typeof other === 'number' ? one * other : null;
}
