import type { AggregatePlan } from '../spec/aggregate-plan.ts';

/** The header in which the gateway sends it along with each request. */
export const PLAN_HEADER = 'x-tidegate-aggregate';

/** Reads plans as the gateway sends them; the same few come again and again. */
export function createPlanReader(): (header: string | undefined) => AggregatePlan | null {
  const known = new Map<string, AggregatePlan>();
  return (header) => {
    if (header === undefined) return null;
    const found = known.get(header);
    if (found) return found;
    const plan = parsed(header);
    if (plan === null) return null;
    // Deployments leave those behind that are no more.
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(header, plan);
    return plan;
  };
}

// Private

const MOST_KNOWN = 1_000;

/** Its writer is the gateway: what is no plan at all has come another way. */
function parsed(header: string): AggregatePlan | null {
  try {
    const plan = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as AggregatePlan;
    return Array.isArray(plan.parts) && plan.parts.length > 0 ? plan : null;
  } catch {
    return null;
  }
}
