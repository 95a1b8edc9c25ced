import type { DecideInput, Reason } from './decision.ts';
import type { Bounds, Stage } from './stage.ts';
import { clamp } from './stage.ts';

/**
 * Cooldowns and the brake, over what the policy alone asks for.
 *
 * Up waits for `cooldown.up` since the last step up, and for the error rate to be below the brake. Requests that found no free
 * place in time are no errors to it: of too few replicas there are to be more. Down waits for
 * `cooldown.down` since the last step down; a step up does not start that wait anew, but until one stable window has
 * passed since, the signals still describe the time before it, so nothing goes down on them.
 *
 * While the gateway refuses the requests of the service (its circuit is open) nothing moves: more replicas do not cure what
 * fails, and idle ones are not too many. The brake binds then. After it nothing goes down until the window is past that time.
 *
 * Where min and max leave no way to move, nothing is said to be waited for: they are what binds.
 */
export function stabilise(raw: number | null, bounds: Bounds, input: DecideInput): Stage {
  const current = input.replicas.desired;
  if (raw === null) {
    return { count: current, binding: 'missing', reasons: [{ kind: 'hold', at: current }] };
  }
  const aim = clamp(raw, bounds);
  if (raw !== current && aim !== current && input.control.circuit?.open)
    return { count: current, binding: 'brake', reasons: [{ kind: 'circuit', remainingMs: null }] };
  if (raw > current && aim > current) return up(raw, input);
  if (raw < current && aim < current) return down(raw, input);
  return { count: raw, binding: null, reasons: [] };
}

// Private

function up(raw: number, input: DecideInput): Stage {
  const { now, scale, snapshot, memory, replicas } = input;
  const reasons: Reason[] = [];
  const { errors } = snapshot.stable;
  const limit = scale.brake.errors;
  const rate = errors.kind === 'value' ? (snapshot.servedErrors ?? errors.value) : 0;
  const braked = limit !== null && rate > limit;
  if (braked) reasons.push({ kind: 'brake', errors: rate, limit });
  const remainingMs = remaining(memory.lastUpAt, scale.cooldown.upMs, now);
  if (remainingMs > 0) reasons.push({ kind: 'cooldown', direction: 'up', remainingMs });
  if (reasons.length === 0) return { count: raw, binding: null, reasons };
  return { count: replicas.desired, binding: braked ? 'brake' : 'cooldown', reasons };
}

function down(raw: number, { now, scale, memory, replicas, control }: DecideInput): Stage {
  const reasons: Reason[] = [];
  const refusedMs = control.circuit?.settlingMs ?? 0;
  if (refusedMs > 0) {
    const lately: Reason = { kind: 'circuit', remainingMs: refusedMs };
    return { count: replicas.desired, binding: 'brake', reasons: [lately] };
  }
  const coolingMs = remaining(memory.lastDownAt, scale.cooldown.downMs, now);
  if (coolingMs > 0) {
    reasons.push({ kind: 'cooldown', direction: 'down', remainingMs: coolingMs });
  }
  const settlingMs = remaining(memory.lastUpAt, scale.windowMs, now);
  if (settlingMs > 0) reasons.push({ kind: 'settling', remainingMs: settlingMs });
  if (reasons.length === 0) return { count: raw, binding: null, reasons };
  return { count: replicas.desired, binding: 'cooldown', reasons };
}

/** What is left of a wait; a clock that was set back ends it rather than stretching it. */
function remaining(since: number | null, waitMs: number, now: number): number {
  if (since === null || now < since) return 0;
  return Math.max(0, since + waitMs - now);
}
