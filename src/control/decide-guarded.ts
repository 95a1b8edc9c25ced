import { codeOf, messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import type { decide } from '../policy/decide.ts';
import type { DecideInput, Decided } from '../policy/decision.ts';
import { hold } from '../policy/hold.ts';

/**
 * Decides for a service although its policy may fail: then without what was learned and what the policy remembers, which
 * is what most likely misled it; null where that fails, too, and the count stays, unless a person holds it at another. Logged
 * once, and once when it works again.
 */
export function createGuardedDecide(
  log: Log,
  judge: typeof decide,
): (service: string, input: DecideInput) => Decided | null {
  const failing = new Map<string, string>();

  const failed = (service: string, err: unknown, what: string): void => {
    const words = `${what}: ${messageOf(err)}`;
    if (failing.get(service) !== words)
      log.error({ err, service, code: codeOf(err) }, `its policy failed: ${what}`);
    failing.set(service, words);
  };

  return (service, input) => {
    try {
      const decided = judge(input);
      if (failing.delete(service)) log.info({ service }, 'its policy decides again');
      return decided;
    } catch (first) {
      try {
        const { learned: _misled, memory, ...rest } = input;
        const decided = judge({ ...rest, memory: { ...memory, policies: {} } });
        failed(service, first, 'it goes on without what was learned');
        return decided;
      } catch (second) {
        failed(service, second, 'the count stays as it is');
        return heldWithout(input);
      }
    }
  };
}

// Private

/** What a person asked for needs no policy. */
function heldWithout(input: DecideInput): Decided | null {
  const { desired: current } = input.replicas;
  const { count, binding, reasons } = hold(current, input);
  const { memory } = input;
  if (binding !== 'pinned') return null;
  return {
    raw: null,
    stabilised: current,
    limited: current,
    desired: count,
    binding,
    reasons,
    memory,
  };
}
