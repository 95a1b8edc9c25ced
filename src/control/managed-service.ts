import type { PolicyMemory } from '../policy/decision.ts';
import type { Snapshot } from '../signals/snapshot.ts';
import type { Series } from '../signals/series.ts';
import { createSeries } from '../signals/series.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import { FRESH_MEMORY } from '../policy/decision.ts';
import { revisionId } from '../spec/revision.ts';
import type { Store } from '../state/store.ts';
import type { ServiceProblem } from './view.ts';

/** All the control plane holds in memory of one service. */
export interface ManagedService {
  readonly spec: ServiceSpec;
  readonly revision: string;
  readonly series: Series;
  desired: number;
  paused: boolean;
  pinned: number | null;
  memory: PolicyMemory;
  snapshot: Snapshot | null;
  problem: ServiceProblem | null;
  /** ms since the epoch: the next evaluation. */
  dueAt: number;
}

/** Takes a service up where the state file left it; its revision is remembered with secrets as references. */
export function manageService(spec: ServiceSpec, store: Store, now: number): ManagedService {
  const revision = revisionId(spec);
  const { command, cwd, env, user, image } = spec;
  store.revisions.use({
    service: spec.name,
    id: revision,
    definition: { command, cwd, env, user, image },
    createdAt: now,
  });
  const { paused, pinned } = store.controls.get(spec.name);
  return {
    spec,
    revision,
    series: createSeries(spec),
    desired: spec.scale.min,
    paused,
    pinned: pinned === null ? null : clamp(pinned, spec.scale.min, spec.scale.max),
    memory: store.memories.get(spec.name) ?? FRESH_MEMORY,
    snapshot: null,
    problem: null,
    dueAt: 0,
  };
}

// Private

/** A pin from before the scale was changed may lie outside it now. */
function clamp(count: number, min: number, max: number): number {
  return Math.min(Math.max(count, min), max);
}
