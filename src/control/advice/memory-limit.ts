import { DAY, MINUTE } from '../../kit/clock.ts';
import { parseBytes } from '../../kit/bytes.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { extent, having, highest } from './track.ts';

/** What a program takes at most is to stand so far below its limit. */
const HEADROOM = 1.5;
const NEARLY_FULL = 0.9;
/** Less than this is not worth a change. */
const WORTH_A_CHANGE = 0.75;
const LEAST_TO_LOWER_MS = DAY;
const LEAST_TO_RAISE_MS = 10 * MINUTE;
const SMALLEST = parseBytes('32MB') as number;

/** `resources.memory` is too near to what replicas take, or far above it. */
export function memoryLimit(evidence: Evidence): Finding | null {
  const { week, spec, machine } = evidence;
  const limitBytes = spec.resources.memoryBytes;
  const measured = having(week.points, 'memoryBytes');
  const span = extent(measured);
  const peakBytes = highest(measured, 'memoryBytes');
  if (limitBytes === null || peakBytes === null || !span) return null;
  const better = roundSize(peakBytes * headroom(spec));
  const replaced = replacements(evidence);
  const found = { peakBytes, limitBytes, ...span };
  if (peakBytes > NEARLY_FULL * limitBytes || replaced > 0) {
    if (span.seenMs < LEAST_TO_RAISE_MS) return null;
    // Who was replaced for being above its limit may be measured below it: the peaks lie between two looks.
    const wanted = replaced > 0 ? Math.max(better, roundSize(limitBytes * HEADROOM)) : better;
    const betterBytes = wanted > (machine.memoryBytes ?? Infinity) ? null : wanted;
    return { kind: 'memory-higher', ...found, betterBytes, replaced };
  }
  if (span.seenMs < LEAST_TO_LOWER_MS || better > WORTH_A_CHANGE * limitBytes) return null;
  return {
    kind: 'memory-lower',
    ...found,
    betterBytes: better,
    holdsDown: holdsDown(spec, peakBytes / better),
  };
}

/** The next of 32, 48, 64, 96, 128, 192… MB. */
export function roundSize(bytes: number): number {
  let size = SMALLEST;
  while (size < bytes) {
    if (size * 1.5 >= bytes) return size * 1.5;
    size *= 2;
  }
  return size;
}

// Private

function replacements({ incidents }: Evidence): number {
  return incidents.filter(
    ({ code, message }) => code === 'REPLICA_REPLACED' && message.includes('above its memory'),
  ).length;
}

/** What is usual at a new limit must not be a reason to scale up. */
function headroom({ scale }: Evidence['spec']): number {
  const { policy, min, max, up, target } = scale;
  const upAt = policy === 'target' ? target.memory : up.memory;
  return min === max || upAt === undefined ? HEADROOM : Math.max(HEADROOM, 1.1 / upAt);
}

/** The policies with thresholds go down only where memory, too, is below its own. */
function holdsDown({ scale }: Evidence['spec'], fraction: number): number | null {
  const { policy, min, max, down } = scale;
  const steps = policy === 'linear' || policy === 'exponential';
  if (!steps || min === max || down.memory === undefined) return null;
  return fraction >= down.memory ? down.memory : null;
}
