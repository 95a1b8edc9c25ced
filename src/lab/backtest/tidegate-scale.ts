import { resolveSpec } from '../../spec/resolve.ts';
import { POLICIES } from '../../spec/spec.ts';
import type { PolicyName, ScaleSpec } from '../../spec/spec.ts';
import type { ServiceModel } from './service-model.ts';

/**
 * The rules of one of Tidegate's policies for a service: what the user's configuration says (`own`), else what a
 * configuration comes to that names the policy and nothing more. `target`, the setting of a sweep, is the share of a replica that
 * is to be in use.
 */
export function scaleOf(
  policy: PolicyName,
  target: number | null,
  model: ServiceModel,
  own: ScaleSpec | null,
): ScaleSpec {
  const rules = own ?? rulesAsTheyCome(policy, model);
  const scale: ScaleSpec = {
    ...rules,
    policy,
    min: model.min,
    max: model.max,
    slo: rules.slo ?? rulesAsTheyCome('slo', model).slo,
    shadow: [],
  };
  return target === null ? scale : turned(scale, target, model);
}

/** The same by the name of any contender; null: of a peer, which has none. */
export function scaleNamed(
  name: string,
  target: number | null,
  model: ServiceModel,
  own: ScaleSpec | null,
): ScaleSpec | null {
  const policy = POLICIES.find((each) => each === name);
  return policy ? scaleOf(policy, target, model, own) : null;
}

// Private

function rulesAsTheyCome(policy: PolicyName, model: ServiceModel): ScaleSpec {
  const resolved = resolveSpec(
    {
      services: {
        app: {
          command: 'serve',
          concurrency: model.concurrency,
          scale: {
            policy,
            min: model.min,
            max: Math.min(model.max, 1000),
            ...(policy === 'slo' ? { slo: { latency: `${model.sloMs}ms` } } : {}),
          },
        },
      },
    },
    { folder: '/', machine: { cores: 1, memoryBytes: 2 ** 30 } },
  );
  const scale = resolved.ok ? resolved.spec.services['app']?.scale : undefined;
  if (scale) return scale;
  const problems = resolved.ok ? [] : resolved.problems.map(({ path, rule }) => `${path} ${rule}`);
  throw new Error(`no rules for ${policy}: ${problems.join('; ')}`);
}

/** The one knob, whatever the policy calls it. */
function turned(scale: ScaleSpec, target: number, { concurrency }: ServiceModel): ScaleSpec {
  if (scale.policy === 'slo')
    return { ...scale, slo: scale.slo && { ...scale.slo, headroom: 1 - target } };
  if (scale.policy === 'target' || scale.policy === 'predictive')
    return { ...scale, target: { concurrency: target * concurrency } };
  // Below the one, with as much between them as by default.
  const down = { ...scale.down, cpu: Math.min(scale.down.cpu ?? target, target / 3) };
  return { ...scale, up: { ...scale.up, cpu: target }, down };
}
