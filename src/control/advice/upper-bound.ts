import { MINUTE, SECOND } from '../../kit/clock.ts';
import type { StoredDecision } from '../../state/decisions.ts';
import type { BoundTime } from './bound-time.ts';
import { boundTime } from './bound-time.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { having, highest } from './track.ts';

const LEAST_MS = 2 * MINUTE;
const SLOW_MS = SECOND;

/** More replicas were asked for than `max`, or than the machine, allows. */
export function upperBound(evidence: Evidence): Finding | null {
  return byMax(evidence) ?? byMachine(evidence);
}

// Private

function byMax(evidence: Evidence): Finding | null {
  const { max, up } = evidence.spec.scale;
  // Of an earlier max nothing is known now.
  const bound = boundTime(evidence, 'max', (decision) => wantedAbove(decision, max) !== null);
  if (!bound || bound.heldMs < LEAST_MS) return null;
  const { decisions, heldMs, from, to } = bound;
  const wanted = Math.max(...decisions.map((each) => wantedAbove(each, max) ?? max));
  const p95Ms = latencyDuring(evidence, bound);
  const saturated = decisions.filter(isSaturated).length * 2 > decisions.length;
  // Policies that go up by one never say how many they would want in the end.
  const better = Math.min(Math.max(wanted, Math.ceil(max * 1.5)), max + evidence.machine.room);
  return {
    kind: 'max',
    max,
    heldMs,
    times: decisions.length,
    wanted,
    p95Ms,
    slow: (p95Ms ?? 0) > (up.latencyMs ?? SLOW_MS),
    better: saturated || better <= max ? null : better,
    saturated,
    from,
    to,
  };
}

function byMachine(evidence: Evidence): Finding | null {
  const bound = boundTime(evidence, 'guard', (decision) => guardOf(decision) !== null);
  if (!bound || bound.heldMs < LEAST_MS) return null;
  const { decisions, heldMs, from, to } = bound;
  const last = decisions.at(-1);
  const guard = last && guardOf(last);
  if (!guard) return null;
  const { bound: by, allowed } = guard;
  return { kind: 'machine', bound: by, allowed, heldMs, times: decisions.length, from, to };
}

function wantedAbove({ reasons }: StoredDecision, max: number): number | null {
  const wanted = reasons.flatMap((each) =>
    each.kind === 'max' && each.bound === max && each.wanted > max ? [each.wanted] : [],
  );
  return wanted[0] ?? null;
}

function guardOf({
  reasons,
}: StoredDecision): { bound: 'memory' | 'replicas'; allowed: number } | null {
  return reasons.find((each) => each.kind === 'guard') ?? null;
}

const isSaturated = ({ reasons }: StoredDecision): boolean =>
  reasons.some(({ kind }) => kind === 'cpu-saturated');

function latencyDuring({ recent, week }: Evidence, { decisions }: BoundTime): number | null {
  for (const { points } of [recent, week]) {
    const within = having(points, 'latencyP95Ms').filter(({ at, spanMs }) =>
      decisions.some((each) => each.at < at + spanMs && each.until >= at),
    );
    if (within.length > 0) return highest(within, 'latencyP95Ms');
  }
  return null;
}
