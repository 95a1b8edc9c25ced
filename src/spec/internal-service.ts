import type { ResolveContext } from './context.ts';
import { DEFAULTS } from './defaults.ts';
import { resolveScale } from './resolve-scale.ts';
import type { InternalProgram, ServiceSpec } from './spec.ts';

/** A program of ours as a service like any other, from 1 replica on. */
export function internalService(
  name: string,
  program: InternalProgram,
  scale: Parameters<typeof resolveScale>[0],
  { folder, machine }: ResolveContext,
): ServiceSpec {
  return {
    name,
    command: { kind: 'internal', program },
    image: null,
    cwd: folder,
    env: {},
    user: null,
    health: { ...DEFAULTS.health, path: '/.tidegate/health' },
    resources: { cpu: null, memoryBytes: null },
    concurrency: null,
    balance: { kind: DEFAULTS.balance },
    sticky: false,
    retries: DEFAULTS.retries,
    breaker: null,
    slowStartMs: null,
    drainMs: DEFAULTS.leastDrainMs,
    update: { maxSurge: DEFAULTS.maxSurge },
    backlog: null,
    // These values are ours: nothing of them can be wrong.
    scale: resolveScale(scale, { concurrency: 10 }, machine, [], () => undefined),
  };
}
