import type { GatewayService, GatewayState } from '../gateway.ts';
import { anyAggregate } from './parts.ts';
import { anySleeps } from './handover.ts';

/**
 * A client that goes while its request is held, or is being put together, is noticed only if the frontend looks: it has no
 * such option, and takes it from the defaults.
 */
export function gonePresetLines(state: GatewayState): readonly string[] {
  return looks(state) ? ['option abortonclose'] : [];
}

/** Where requests may wait, those whose client has gone are forgotten. */
export function goneLines({ spec, sleep }: GatewayService, state: GatewayState): readonly string[] {
  if (spec.concurrency !== null || sleep !== null) return ['option abortonclose'];
  return looks(state) ? ['no option abortonclose'] : [];
}

// Private

function looks(state: GatewayState): boolean {
  return anySleeps(state) || anyAggregate(state.gateway);
}
