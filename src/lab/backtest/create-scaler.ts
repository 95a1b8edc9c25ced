import { POLICIES } from '../../spec/spec.ts';
import type { PolicyName, ScaleSpec } from '../../spec/spec.ts';
import type { Learner } from '../../policy/learner.ts';
import { createLearner } from '../../policy/learner.ts';
import { baselineNamed } from './baselines/baselines.ts';
import type { PeerContext } from './baselines/context.ts';
import type { Scaler } from './scaler.ts';
import { scaleOf } from './tidegate-scale.ts';
import { createTidegateScaler } from './tidegate-scaler.ts';

/** What decides in a replay: a contender at a setting of its knob; null: as it comes. `own`: the user's rules. */
export function createScaler(
  name: string,
  target: number | null,
  context: PeerContext & { readonly tickMs: number },
  own: ScaleSpec | null,
): Scaler {
  const peer = baselineNamed(name);
  if (peer) return peer.create(target ?? peer.default, context);
  const policy = POLICIES.find((each) => each === name);
  if (!policy) throw new Error(`there is no policy ${name}`);
  const { model, tickMs } = context;
  const rules = scaleOf(policy, target, model, own);
  // Who is asked once a tick cannot look more often.
  const scale = { ...rules, intervalMs: Math.max(rules.intervalMs, tickMs) };
  const learner = learnerOf(policy, scale);
  return createTidegateScaler(scale, { tickMs, learner });
}

// Private

/** What the policy asks of what is learned and no more, as it costs time: `predictive` nothing of what a promise has to do with. */
function learnerOf(policy: PolicyName, scale: ScaleSpec): Learner | null {
  if (policy === 'slo') return createLearner(scale);
  return policy === 'predictive' ? createLearner({ ...scale, slo: null }) : null;
}
