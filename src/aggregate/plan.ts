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

/** Its writer is the gateway. What comes another way, as from a program on this machine, must not end this one. */
function parsed(header: string): AggregatePlan | null {
  try {
    const plan: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    return isPlan(plan) ? plan : null;
  } catch {
    return null;
  }
}

function isPlan(value: unknown): value is AggregatePlan {
  if (!isObject(value) || !Array.isArray(value.parts) || value.parts.length === 0) return false;
  return value.parts.every(
    (part: unknown) =>
      isObject(part) &&
      typeof part.name === 'string' &&
      typeof part.optional === 'boolean' &&
      typeof part.timeoutMs === 'number' &&
      part.timeoutMs > 0 &&
      Array.isArray(part.path) &&
      VISIBLE.test(String(part.path[0])) &&
      part.path.every(isPiece),
  );
}

/** What can stand in the first line of a request, and begins as a path does. */
const VISIBLE = /^\/[!-~]*$/;

function isPiece(piece: unknown): boolean {
  if (typeof piece === 'string') return VISIBLE.test(`/${piece}`);
  if (!isObject(piece)) return false;
  return 'claim' in piece ? typeof piece.claim === 'string' : Number.isSafeInteger(piece.segment);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
