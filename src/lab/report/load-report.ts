import { humanDuration } from '../../kit/duration.ts';
import type { LoadPoint, LoadResult } from '../load/result.ts';
import type { Recording } from '../recording/recording.ts';
import { gapSentences, recordedMarkers, servicePanels } from './recorded.ts';
import type { Claim, Fact, Panel, Report, Section, Series, Table, Timeline } from './report.ts';
import { movesOf, pathOf } from './service-moves.ts';
import type { ServiceMoves } from './service-moves.ts';
import { numberText, valueText } from './value-text.ts';

export interface LoadAccount {
  readonly result: LoadResult;
  /** What was asked for, in words: `open loop, 200 requests a second for 1 min`. */
  readonly asked: string;
  readonly claims: readonly Claim[];
  /** Null: the target is no gateway of a project that is known. */
  readonly recording: Recording | null;
  /** It was not all that was asked for. */
  readonly interrupted: boolean;
}

/** The report of one load. */
export function loadReport(account: LoadAccount): Report {
  const { result, asked, claims, recording, interrupted } = account;
  const services = recording ? movesOf(recording, result) : [];
  const sections: (Section | null)[] = [
    claims.length === 0 ? null : { heading: 'What was expected', claims },
    result.warnings.length === 0
      ? null
      : { heading: 'What to doubt in these figures', text: result.warnings },
    {
      heading: 'Over time',
      text: recording ? gapSentences(recording, Date.parse(result.startedAt)) : [],
      timeline: loadTimeline([result], recording),
    },
    services.length > 0 ? { heading: 'Services', table: serviceTable(services) } : null,
    { heading: 'Latency', text: [LATENCY_WORDS], table: latencyTable(result) },
    Object.keys(result.errors).length === 0
      ? null
      : { heading: 'Errors', table: errorTable(result) },
    { heading: 'The generator', text: [generatorWords(result)] },
  ];
  return {
    title: `Load on ${result.url.replace(/^http:\/\//, '')}`,
    subtitle: `${asked}; begun ${result.startedAt.replace('T', ' ').replace(/\..*|Z$/, '')} UTC${
      interrupted ? `; interrupted after ${humanDuration(result.durationS * 1000)}` : ''
    }`,
    facts: factsOf(result, services),
    sections: sections.filter((section) => section !== null),
  };
}

/**
 * Load, latency, errors, and the services of a recording on one axis, which begins with the first load. Others follow it, and
 * between them is a gap: nothing was asked.
 */
export function loadTimeline(
  loads: readonly [LoadResult, ...LoadResult[]],
  recording: Recording | null,
  durationS = loads[0].durationS,
): Timeline {
  const startedAt = Date.parse(loads[0].startedAt);
  return {
    startedAt,
    durationS,
    panels: [
      ...loadPanels(loads, startedAt, durationS),
      ...(recording ? servicePanels(recording, startedAt) : []),
    ],
    markers: recording ? recordedMarkers(recording, startedAt, durationS) : [],
  };
}

// Private

const LATENCY_WORDS =
  'Of answers that were ok, and of timeouts for as long as they were waited for. In an open loop it counts from the ' +
  'moment a request was due, in a closed one from the moment it was sent.';

function loadPanels(
  loads: readonly LoadResult[],
  startedAt: number,
  durationS: number,
): readonly Panel[] {
  const line = (
    name: string,
    tone: Series['tone'],
    value: (point: LoadPoint) => number | null,
    shape: Series['shape'] = 'line',
  ): Series => ({
    name,
    tone,
    shape,
    points: loads.flatMap((load) => {
      const fromS = (Date.parse(load.startedAt) - startedAt) / 1000;
      const points = load.timeline.map(
        (point) => [fromS + point.atS + point.spanS / 2, value(point)] as const,
      );
      const toS = fromS + load.durationS;
      return toS < durationS ? [...points, [toS, null] as const] : points;
    }),
  });
  return [
    {
      title: 'Load',
      unit: 'requests/s',
      series: [
        line(
          'ended',
          'load',
          ({ requests, errors, spanS }) => (requests - (errors['not-sent'] ?? 0)) / spanS,
          'area',
        ),
      ],
    },
    {
      title: 'Latency',
      unit: 'ms',
      series: [
        line('p50', 'latency', ({ p50Ms }) => p50Ms),
        line('p95', 'latency', ({ p95Ms }) => p95Ms),
        line('p99', 'latency', ({ p99Ms }) => p99Ms),
      ],
    },
    {
      title: 'Errors',
      unit: '%',
      series: [
        line(
          'of what ended',
          'errors',
          ({ requests, ok }) => (requests === 0 ? null : ((requests - ok) / requests) * 100),
          'area',
        ),
      ],
    },
    {
      title: 'In flight',
      unit: 'requests',
      series: [line('at once', 'other', ({ inFlight }) => inFlight)],
    },
  ];
}

function factsOf(result: LoadResult, services: readonly ServiceMoves[]): readonly Fact[] {
  const { requests, ok, rps, latencyMs } = result;
  const failed = requests - ok;
  const changes = replicasText(services);
  return [
    { label: 'Requests', value: numberText(requests) },
    { label: 'Rate', value: `${numberText(rps)}/s` },
    { label: 'p50', value: valueText(latencyMs.p50, 'ms') },
    { label: 'p95', value: valueText(latencyMs.p95, 'ms') },
    { label: 'p99', value: valueText(latencyMs.p99, 'ms') },
    {
      label: 'Errors',
      value: requests === 0 ? '–' : valueText((failed / requests) * 100, '%'),
      tone: failed === 0 && requests > 0 ? 'good' : 'bad',
    },
    ...(changes === null ? [] : [{ label: 'Replicas', value: changes }]),
  ];
}

/** Of the service that changed most: `2 → 6 → 2`. */
function replicasText(services: readonly ServiceMoves[]): string | null {
  const spread = ({ from, peak, to }: ServiceMoves): number => peak - Math.min(from, to);
  const most = [...services].sort((first, second) => spread(second) - spread(first))[0];
  return most ? pathOf(most).join(' → ') : null;
}

function serviceTable(services: readonly ServiceMoves[]): Table {
  return {
    columns: [
      'service',
      'replicas at first',
      'at most',
      'at last',
      'decided up',
      'decided down',
      'incidents',
    ],
    rows: services.map(({ name, from, peak, to, ups, downs, incidents }) => [
      name,
      from,
      peak,
      to,
      ups,
      downs,
      incidents,
    ]),
  };
}

function latencyTable({ latencyMs }: LoadResult): Table {
  const { p50, p90, p95, p99, p999, max } = latencyMs;
  const rows = { p50, p90, p95, p99, 'p99.9': p999, max };
  return {
    columns: ['percentile', 'ms'],
    rows: Object.entries(rows).map(([name, valueMs]) => [name, valueMs]),
  };
}

function errorTable({ errors, requests }: LoadResult): Table {
  return {
    columns: ['kind', 'count', '% of all'],
    rows: Object.entries(errors)
      .sort(([, first], [, second]) => second - first)
      .map(([kind, count]) => [kind, count, requests === 0 ? null : (count / requests) * 100]),
  };
}

function generatorWords({ generatorCpu, latenessMs, usersPeak }: LoadResult): string {
  const { p50, p99, max } = latenessMs;
  const late = [p50, p99, max].map((ms) => valueText(ms, 'ms'));
  return (
    `It used ${generatorCpu.toFixed(2)} of the one core it can use, and had ${numberText(usersPeak)} users or requests in ` +
    `flight at most. Requests were sent late by ${late[0]} (p50), ${late[1]} (p99), ${late[2]} (max).`
  );
}
