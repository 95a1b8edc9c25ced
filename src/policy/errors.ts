import { EXIT, TidegateError } from '../kit/errors.ts';
import type { PolicyName } from '../spec/spec.ts';

export function policyNotBuilt(policy: PolicyName): TidegateError {
  return new TidegateError('POLICY_NOT_BUILT', `The policy "${policy}" is not in this version.`, {
    hint: 'Set scale.policy to "linear", "exponential" or "target".',
    exitCode: EXIT.usage,
    facts: { policy },
  });
}
