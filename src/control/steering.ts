import type { Store } from '../state/store.ts';
import type { ControlPlane, ScaleRequest } from './control.ts';
import { outOfRange } from './errors.ts';
import type { ManagedService } from './managed-service.ts';
import type { Project } from './project.ts';
import type { Reconciler } from './reconcile.ts';

export interface SteeringDeps {
  readonly project: Pick<Project, 'known'>;
  readonly controls: Pick<Store['controls'], 'setPinned' | 'setPaused'>;
  readonly reconciler: Pick<Reconciler, 'forgive'>;
  readonly evaluateNow: (service: ManagedService) => void;
}

/** What a person does about the count of a service; stored, and decided upon at once. */
export function createSteering({
  project,
  controls,
  reconciler,
  evaluateNow,
}: SteeringDeps): Pick<ControlPlane, 'scale' | 'pause' | 'resume'> {
  return {
    scale(name, request) {
      const service = project.known(name);
      const pin = pinOf(service, request);
      controls.setPinned(name, pin);
      service.pin = pin;
      reconciler.forgive(name);
      evaluateNow(service);
      return { desired: pin ?? service.desired };
    },
    pause(name) {
      const service = project.known(name);
      controls.setPaused(name, true);
      service.paused = true;
      evaluateNow(service);
    },
    resume(name) {
      const service = project.known(name);
      controls.setPaused(name, false);
      service.paused = false;
      reconciler.forgive(name);
      evaluateNow(service);
    },
  };
}

// Private

/** The count at which a service is held from now on; null: let go. @throws TidegateError OUT_OF_RANGE */
function pinOf({ spec, desired, pinned }: ManagedService, request: ScaleRequest): number | null {
  if (request.kind === 'auto') return null;
  // A pin is desired from the next turn on: `+1` twice in a moment is two more.
  const from = request.kind === 'absolute' ? 0 : (pinned ?? desired);
  const count = from + request.count;
  const { min, max } = spec.scale;
  if (!Number.isInteger(count) || count < min || count > max) {
    throw outOfRange(spec.name, count, min, max);
  }
  return count;
}
