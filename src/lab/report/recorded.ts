import type { DecisionView, SignalValues } from '../../web/contract.ts';
import type { Recording, ServiceRecording } from '../recording/recording.ts';
import type { Marker, Panel, Series } from './report.ts';
import { numberText, valueText } from './value-text.ts';

/** The services in which something happened while this was recorded; all where nothing did anywhere. */
export function busyServices({ services }: Recording): readonly ServiceRecording[] {
  const busy = services.filter(
    ({ points, decisions, incidents }) =>
      points.some(({ signals }) => (signals.rps ?? 0) > 0) ||
      new Set(points.map(({ ready }) => ready)).size > 1 ||
      decisions.some(({ current, desired }) => current !== desired) ||
      incidents.length > 0,
  );
  return busy.length > 0 ? busy : services;
}

/** Replicas and CPU of each service. `startedAt` is 0 s of the axis, in ms since the epoch. */
export function servicePanels(recording: Recording, startedAt: number): readonly Panel[] {
  return busyServices(recording).flatMap((service) => {
    const series = (name: string, tone: Series['tone'], value: Reader, step = true): Series => ({
      name,
      tone,
      shape: step ? 'step' : 'line',
      points: pointsOf(service, recording, startedAt, value),
    });
    const replicas: Panel = {
      title: `Replicas of ${service.name}`,
      unit: 'replicas',
      series: [
        series('ready', 'ready', ({ ready }) => ready),
        series('starting', 'starting', ({ starting }) => starting),
        series('wanted', 'wanted', ({ desired }) => desired),
      ],
    };
    const cpu = series(
      'each, of what it may use',
      'other',
      (point) => percentOf(point.signals.cpu),
      false,
    );
    const isKnown = cpu.points.some(([, value]) => value !== null);
    return isKnown
      ? [replicas, { title: `CPU of ${service.name}`, unit: '%', series: [cpu] }]
      : [replicas];
  });
}

/** Decisions that changed a count or were bound by something new, and incidents, oldest first, up to `durationS`. */
export function recordedMarkers(
  recording: Recording,
  startedAt: number,
  durationS: number,
): readonly Marker[] {
  const at = (iso: string): number => (Date.parse(iso) - startedAt) / 1000;
  const markers = recording.services.flatMap(({ name, decisions, incidents }) => [
    ...decisions
      .filter(isTelling)
      .map((decision) => ({ ...markerOf(name, decision), atS: at(decision.at) })),
    ...incidents.map(({ at: when, replica, code, message }) => ({
      atS: at(when),
      kind: 'incident' as const,
      title: withName(replica ?? name, message.split('\n')[0] ?? ''),
      lines: [`code ${code}`, ...message.split('\n').slice(1)],
    })),
  ]);
  return markers
    .filter(({ atS }) => atS >= 0 && atS <= durationS)
    .sort((first, second) => first.atS - second.atS);
}

/** When nothing could be recorded, as sentences. */
export function gapSentences({ gaps }: Recording, startedAt: number): readonly string[] {
  const atS = (ms: number): string => `${Math.max(0, Math.round((ms - startedAt) / 1000))} s`;
  return gaps.map(({ from, to, problem }) => {
    const until = to === null ? 'to the end' : `until ${atS(to)}`;
    return `The control plane was not heard from ${atS(from)} ${until}: ${problem}`;
  });
}

// Private

type Reader = (point: ServiceRecording['points'][number]) => number | null;

/** What was seen last before the axis begins holds at its beginning. */
function pointsOf(
  { points }: ServiceRecording,
  { gaps, endedAt }: Recording,
  startedAt: number,
  value: Reader,
): Series['points'] {
  const before = points.findLastIndex(({ at }) => at <= startedAt);
  const seen = points
    .slice(Math.max(0, before))
    .map((point) => ({ at: point.at, value: value(point) }));
  const unknown = [...gaps.map(({ from }) => from + 1), endedAt].map((at) => ({ at, value: null }));
  return [...seen, ...unknown]
    .sort((first, second) => first.at - second.at)
    .map((point) => [Math.max(0, (point.at - startedAt) / 1000), point.value] as const);
}

function percentOf(fraction: number | null): number | null {
  return fraction === null ? null : fraction * 100;
}

/** Most messages say of whom they tell: of a service, or of one of its replicas. */
function withName(name: string, message: string): string {
  const isNamed = message
    .split(/[^\w-]+/)
    .some((word) => word.startsWith(name) && /^(-\d+)?$/.test(word.slice(name.length)));
  return isNamed ? message : `${name}: ${message}`;
}

const TELLING_BOUNDS: readonly string[] = ['max', 'brake', 'guard', 'missing'];

function isTelling(decision: DecisionView, index: number, all: readonly DecisionView[]): boolean {
  if (decision.current !== decision.desired) return true;
  return TELLING_BOUNDS.includes(decision.binding) && all[index - 1]?.binding !== decision.binding;
}

function markerOf(service: string, decision: DecisionView): Omit<Marker, 'atS'> {
  const { current, desired, summary, reasons, policy, raw, stabilised, limited, applied } =
    decision;
  const stages = [
    `${policy} asked for ${raw ?? 'nothing: numbers were missing'}`,
    `after cooldown and brake ${stabilised}`,
    `after limits ${limited}`,
    `decided ${desired}, bound by ${decision.binding}`,
    ...(applied === null ? [] : [`came about ${applied}`]),
  ];
  return {
    kind: desired > current ? 'up' : desired < current ? 'down' : 'hold',
    title: `${service} ${summary}`,
    lines: [...reasons, stages.join('; '), `seen: ${signalsText(decision.signals)}`],
  };
}

function signalsText(signals: SignalValues): string {
  const percent = (fraction: number | null): string => valueText(percentOf(fraction), '%');
  return [
    `rate ${signals.rps === null ? '–' : `${numberText(signals.rps)}/s`}`,
    `p95 ${valueText(signals.latencyP95Ms, 'ms')}`,
    `errors ${percent(signals.errors)}`,
    `CPU ${percent(signals.cpu)}`,
    `in service ${valueText(signals.concurrency, '')}`,
    `queued ${valueText(signals.queued, '')}`,
  ].join(', ');
}
