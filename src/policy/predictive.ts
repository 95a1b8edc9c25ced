import type { Reason } from './decision.ts';
import { isExpectedSoon, plan } from './planned.ts';
import { answerOf, target } from './target.ts';
import type { PolicyInput, Wish } from './wish.ts';
import { eachRpsOf, fullRpsOf, learnWorth, worthOf } from './worth.ts';

/**
 * As many replicas as the load needs that is expected when what is ordered now serves, or as the targets ask for now
 * where that is more. What one replica is worth is learned from how busy the load makes them (`worth.ts`), so any target
 * that follows the load will do. Where there is nothing to forecast from it is the policy `target`, and says so.
 */
export function predictive(input: PolicyInput): Wish {
  const { now, scale, snapshot, replicas, memory, learned } = input;
  const current = replicas.desired;
  const before = (memory.policies.predictive ?? {}) as { worth?: unknown; plan?: unknown };
  const worth = learnWorth(worthOf(before.worth, now), input);
  const eachRps = eachRpsOf(worth);
  const forecast = learned?.forecast ?? null;
  if (!forecast || eachRps === null) {
    const wish = target(input);
    const remembered = { ...wish.memory.policies, predictive: { worth, plan: before.plan } };
    return {
      count: wish.count,
      reasons: [...wish.reasons, { kind: 'young', historyMs: null }],
      memory: { ...wish.memory, policies: remembered },
    };
  }
  const { queued } = snapshot.stable;
  const planned = plan({
    now,
    forecast,
    replicas,
    eachRps,
    fullRps: fullRpsOf(worth, eachRps),
    queued: queued.kind === 'value' ? queued.value : 0,
    memory: before.plan,
  });
  const isAhead = isExpectedSoon(forecast, scale);
  const plannedCount = current === 0 && !isAhead ? 0 : planned.count;
  // What waits is in the plan: by the target each request that waits would ask for a place of its own.
  const reactive = answerOf(input, snapshot.stable, scale.windowMs, 'without-waiting');
  const count = Math.max(plannedCount, leastOf(reactive, current, scale.target));
  const { lastUpAt, lastDownAt, idleSince } = memory;
  const policies = { ...memory.policies, predictive: { worth, plan: planned.memory } };
  const remembered = { lastUpAt, lastDownAt, burstAt: null, idleSince, policies };
  if (reactive.missing && count <= current) {
    const silent = reactive.reasons.filter(({ kind }) => kind === 'missing');
    return { count: null, reasons: silent, memory: remembered, isAhead };
  }
  const reasons: Reason[] = [];
  if (count > plannedCount) reasons.push(...reactive.reasons);
  const { nowRps, readyRps, horizonMs, basis, historyMs } = forecast;
  reasons.push({
    kind: 'forecast',
    nowRps,
    readyRps,
    horizonMs,
    basis,
    eachRps,
    answer: plannedCount,
  });
  for (const each of planned.reasons) reasons.push(each);
  if (historyMs < YOUNG_MS && basis.kind !== 'season') reasons.push({ kind: 'young', historyMs });
  if (count === current) reasons.push({ kind: 'steady' });
  return { count, reasons, memory: remembered, isAhead };
}

// Private

/** Two days show one by day. */
const YOUNG_MS = 2 * 24 * 60 * 60_000;

/** What the targets ask for now. Of what follows the load in proportion not a tenth more than that to go down: the plan knows when. */
function leastOf(
  { count, load }: ReturnType<typeof answerOf>,
  current: number,
  target: PolicyInput['scale']['target'],
): number {
  const { memory, latencyMs, drainTimeMs, backlog } = target;
  const follows = (memory ?? latencyMs ?? drainTimeMs ?? backlog) === undefined;
  if (count > current || !follows) return count;
  return Math.min(current, Math.ceil(load * (1 - 1e-9)));
}
