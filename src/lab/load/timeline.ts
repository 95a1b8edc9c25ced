import {
  addLatency,
  createHistogram,
  mergeInto,
  percentileMs,
  type MutableHistogram,
} from '../../signals/histogram.ts';
import type { LoadPoint } from './result.ts';

/** What ended when, second by second; a long load's spans grow, so that memory and the report stay small. */
export interface LoadTimeline {
  /** One has ended `atS` seconds after the start; `latencyMs` null: it has none. `inFlight`: how many are left. */
  add(atS: number, kind: string, latencyMs: number | null, inFlight: number): void;
  /** One was sent: so many are under way now. Else a second in which nothing ends would look as if nobody waited. */
  sent(atS: number, inFlight: number): void;
  /**
   * The load is over: in the time since the last nothing ended, which is not the same as that nothing is known. The last
   * span ends with it; one too short to say a rate becomes part of the one before.
   */
  end(atS: number): void;
  points(): readonly LoadPoint[];
  /** Of all. */
  latencies(): MutableHistogram;
}

const MOST_POINTS = 600;

/** A last span that is a smaller part of one is none of its own. */
const SHORTEST = 0.25;

export function createTimeline(): LoadTimeline {
  let spans: Span[] = [];
  let spanS = 1;
  let endedS = Infinity;

  const spanAt = (atS: number): Span => {
    while (atS >= spanS * MOST_POINTS) {
      spans = inPairs(spans);
      spanS *= 2;
    }
    const index = Math.floor(Math.max(0, atS) / spanS);
    while (spans.length <= index) spans.push(emptySpan(spans.at(-1)?.inFlightNow ?? 0));
    return spans[index] as Span;
  };

  return {
    add(atS, kind, latencyMs, inFlight) {
      const span = spanAt(atS);
      if (kind === 'ok') span.ok++;
      else span.errors[kind] = (span.errors[kind] ?? 0) + 1;
      span.requests++;
      setInFlight(span, inFlight);
      if (latencyMs !== null) addLatency(span.latencies, latencyMs);
    },
    sent(atS, inFlight) {
      setInFlight(spanAt(atS), inFlight);
    },
    end(atS) {
      spanAt(atS - spanS * SHORTEST);
      endedS = atS;
      const [before, last] = spans.slice(-2);
      if (!before || !last || atS - (spans.length - 1) * spanS >= spanS * SHORTEST) return;
      addTo(before, last);
      spans.pop();
    },
    points() {
      return spans.map(({ requests, ok, errors, latencies, inFlightMost }, index) => ({
        atS: index * spanS,
        spanS: index === spans.length - 1 && endedS < Infinity ? endedS - index * spanS : spanS,
        requests,
        ok,
        errors: { ...errors },
        p50Ms: percentileMs(latencies, 0.5),
        p95Ms: percentileMs(latencies, 0.95),
        p99Ms: percentileMs(latencies, 0.99),
        inFlight: inFlightMost,
      }));
    },
    latencies() {
      const all = createHistogram();
      for (const { latencies } of spans) mergeInto(all, latencies);
      return all;
    },
  };
}

// Private

interface Span {
  requests: number;
  ok: number;
  readonly errors: Record<string, number>;
  readonly latencies: MutableHistogram;
  inFlightNow: number;
  inFlightMost: number;
}

/** Who was under way before it is so in it, too. */
function emptySpan(inFlight: number): Span {
  return {
    requests: 0,
    ok: 0,
    errors: {},
    latencies: createHistogram(),
    inFlightNow: inFlight,
    inFlightMost: inFlight,
  };
}

function setInFlight(span: Span, inFlight: number): void {
  span.inFlightNow = inFlight;
  if (inFlight > span.inFlightMost) span.inFlightMost = inFlight;
}

/** Each two neighbours as one. */
function inPairs(spans: readonly Span[]): Span[] {
  const pairs: Span[] = [];
  for (let index = 0; index < spans.length; index += 2) {
    const first = spans[index] as Span;
    const second = spans[index + 1];
    if (second) addTo(first, second);
    pairs.push(first);
  }
  return pairs;
}

function addTo(first: Span, second: Span): void {
  first.requests += second.requests;
  first.ok += second.ok;
  for (const [kind, count] of Object.entries(second.errors)) {
    first.errors[kind] = (first.errors[kind] ?? 0) + count;
  }
  mergeInto(first.latencies, second.latencies);
  setInFlight(first, second.inFlightMost);
  first.inFlightNow = second.inFlightNow;
}
