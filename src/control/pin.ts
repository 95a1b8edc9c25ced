import type { ScaleRequest } from './control.ts';
import { outOfRange } from './errors.ts';
import type { ManagedService } from './managed-service.ts';

/** The count at which a service is held from now on; null: let go. @throws TidegateError OUT_OF_RANGE */
export function pinOf(
  { spec, desired, pinned }: ManagedService,
  request: ScaleRequest,
): number | null {
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
