import type { ResolveContext } from './context.ts';
import { defaultDrainMs } from './defaults.ts';
import { internalService } from './internal-service.ts';
import type { RouteSpec, ServiceSpec } from './spec.ts';

/** The service of our own that answers aggregate routes; no other may be called so. */
export const AGGREGATOR = 'tidegate-aggregate';

/** Answers each replica may be putting together; more wait at the gateway. */
const CONCURRENCY = 200;

/** The aggregator as a service like any other; null: no route needs it. */
export function aggregatorService(
  routes: readonly RouteSpec[],
  context: ResolveContext,
): ServiceSpec | null {
  const timeoutsMs = routes
    .filter(({ aggregate }) => aggregate !== null)
    .map(({ timeoutMs }) => timeoutMs);
  if (timeoutsMs.length === 0) return null;
  // Most of an answer's time is waiting: what a replica runs out of is its one core.
  const scale = { max: 'cores', policy: 'target', target: { cpu: 0.6, concurrency: 140 } } as const;
  return {
    ...internalService(AGGREGATOR, 'aggregate', scale, context),
    concurrency: CONCURRENCY,
    drainMs: defaultDrainMs(timeoutsMs),
  };
}
