import type { Reading } from '../signals/reading.ts';
import type { Signals } from '../signals/snapshot.ts';
import type { SloSpec } from '../spec/spec.ts';
import { latencyAt } from './capacity/latency-at.ts';
import type { Reason } from './decision.ts';
import { demandOf } from './demand.ts';
import type { Capacity, Forecast } from './learned.ts';
import { isExpectedSoon, plan } from './planned.ts';
import { turnsOf } from './turns.ts';
import type { Turns } from './turns.ts';
import type { PolicyInput, Wish } from './wish.ts';

/**
 * As many replicas as keep the promised latency under the load that is expected: load ÷ (what one can do less the
 * head-room). What one can do is learned (`capacity/`), the load is the forecast, and a queue is worked off beside it.
 *
 * Before anything is known of what one can do, half as many again wherever the promise is broken.
 */
export function slo(input: PolicyInput): Wish {
  const { snapshot, memory, learned } = input;
  const { rps, queued } = snapshot.stable;
  if (rps.kind !== 'value' || queued.kind !== 'value') {
    const silentMs = rps.kind === 'missing' ? rps.silentMs : null;
    return { count: null, reasons: [{ kind: 'missing', signal: 'rps', silentMs }], memory };
  }
  const capacity = learned?.capacity ?? null;
  if (capacity === null) return unlearned(input);
  return planned(input, capacity, learned?.forecast ?? asItIs(rps.value), queued.value);
}

// Private

const RELIEF = 1.5;

/** No more than this of a capacity was seen: it is a guess. */
const GUESSED = 0.1;

function planned(
  { now, scale, replicas, memory, learned }: PolicyInput,
  capacity: Capacity,
  forecast: Forecast,
  queued: number,
): Wish {
  const { latencyMs, headroom } = scale.slo as SloSpec;
  const { unmoved } = capacity;
  const eachRps = capacity.rps * (1 - headroom);
  const planning = plan({
    now,
    forecast,
    replicas,
    eachRps,
    fullRps: capacity.rps,
    // What waits for something else is not worked off by more of them.
    queued: unmoved ? 0 : queued,
    isGuess: capacity.confidence <= GUESSED,
    memory:
      unmoved && replicas.desired > unmoved.from
        ? comingBack(memory.policies.slo, now)
        : memory.policies.slo,
  });
  const isAhead = isExpectedSoon(forecast, scale);
  // Who sleeps is woken by a request or a season, not by the load of the minute before.
  const count = replicas.desired === 0 && !isAhead ? 0 : planning.count;
  const reasons: Reason[] = [
    {
      kind: 'capacity',
      rps: capacity.rps,
      eachRps,
      readyRps: forecast.readyRps,
      basis: capacity.basis,
      latencyMs,
      expectedRps: forecast.expectedRps,
      horizonMs: learned?.forecast ? forecast.horizonMs : null,
      answer: count,
    },
  ];
  for (const each of planning.reasons) reasons.push(each);
  if (unmoved) reasons.push({ kind: 'unmoved', ...unmoved });
  if (count === replicas.desired) reasons.push({ kind: 'steady' });
  return {
    count,
    isAhead,
    reasons,
    memory: {
      lastUpAt: memory.lastUpAt,
      lastDownAt: memory.lastDownAt,
      burstAt: memory.burstAt,
      idleSince: memory.idleSince,
      policies: { ...memory.policies, slo: planning.memory },
    },
  };
}

/** What was added in vain goes at once, however often the count went down lately. */
function comingBack(before: unknown, now: number): Turns {
  return { ...turnsOf(before, now), isDown: true };
}

function asItIs(rps: number): Forecast {
  const load = { nowRps: rps, expectedRps: rps, readyRps: rps, keepRps: rps };
  return { ...load, horizonMs: 0, basis: { kind: 'level' }, historyMs: 0 };
}

function unlearned({ scale, snapshot, replicas, memory }: PolicyInput): Wish {
  const { ready, desired, out = 0 } = replicas;
  if (ready > 0 && demandOf(snapshot.stable, snapshot.queue) === 'none') {
    return { count: Math.max(0, desired - 1), reasons: [{ kind: 'idle' }], memory };
  }
  const reasons: Reason[] = [{ kind: 'unlearned' }];
  const { percentile, latencyMs: promisedMs } = scale.slo as SloSpec;
  const latencyMs = measured(snapshot.stable, percentile);
  const allThere = ready >= desired - out;
  if (!allThere || latencyMs === null || latencyMs <= promisedMs) {
    return { count: desired, reasons, memory };
  }
  const answer = Math.max(desired, Math.ceil(ready * RELIEF) + out);
  reasons.push({ kind: 'relief', percentile, latencyMs, promisedMs, answer });
  return { count: answer, reasons, memory };
}

/** Null: not measured, or of too few requests to be evidence. */
function measured({ latencyP50Ms, latencyP95Ms, latencyP99Ms }: Signals, percentile: number) {
  const value = (reading: Reading): number | null =>
    reading.kind === 'value' ? reading.value : null;
  return latencyAt(percentile)({
    latencyP50Ms: value(latencyP50Ms),
    latencyP95Ms: value(latencyP95Ms),
    latencyP99Ms: value(latencyP99Ms),
  });
}
