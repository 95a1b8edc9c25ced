import type { ScaleSpec } from '../../spec/spec.ts';
import type { Learner } from '../../policy/learner.ts';
import { createLearner } from '../../policy/learner.ts';
import { baselineNamed } from './baselines/baselines.ts';
import type { PeerContext } from './baselines/context.ts';
import type { Scaler } from './scaler.ts';
import type { ServiceModel } from './service-model.ts';
import { createTidegateScaler } from './tidegate-scaler.ts';

/**
 * What decides in a replay: a peer at a setting of its knob, null: as it comes; or one of Tidegate's policies by its rules
 * (`scaleOf`), which the setting is in already.
 */
export function createScaler(
  name: string,
  target: number | null,
  context: PeerContext & { readonly tickMs: number },
  rules: ScaleSpec | null,
): Scaler {
  const peer = baselineNamed(name);
  if (peer) return peer.create(target ?? peer.default, context);
  if (!rules) throw new Error(`there are no rules for ${name}`);
  const { tickMs, model } = context;
  // Who is asked once a tick cannot look more often.
  const scale = { ...rules, intervalMs: Math.max(rules.intervalMs, tickMs) };
  return createTidegateScaler(scale, { tickMs, learner: learnerOf(scale, model) });
}

// Private

/** What the policy asks of what is learned and no more, as it costs time: `predictive` nothing of what a promise has to do with. */
function learnerOf(scale: ScaleSpec, { concurrency }: ServiceModel): Learner | null {
  if (scale.policy === 'slo') return createLearner({ ...scale, places: concurrency });
  return scale.policy === 'predictive' ? createLearner({ ...scale, slo: null }) : null;
}
