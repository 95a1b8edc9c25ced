import { HOUR } from '../../kit/clock.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';

const LONG_MS = HOUR;

/** Somebody holds the count, and has perhaps forgotten it. */
export function held({ decisions, now }: Evidence): Finding | null {
  const inForce = decisions.at(-1);
  const how = inForce?.binding;
  if (!inForce || (how !== 'paused' && how !== 'pinned')) return null;
  const others = decisions.findLastIndex(({ binding }) => binding !== how);
  const from = decisions[others + 1]?.at ?? inForce.at;
  if (now - from < LONG_MS) return null;
  return { kind: 'held', how, count: inForce.desired, wanted: inForce.raw, from, to: now };
}
