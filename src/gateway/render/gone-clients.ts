import type { GatewayService, GatewayState } from '../gateway.ts';
import { anyAggregate } from './parts.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import { deliverable } from './deliveries.ts';
import { anySleeps } from './handover.ts';
import { hasTasks } from './taking.ts';

/**
 * A client that goes while its request waits, is held, or is being put together, is noticed only if the frontend looks: it has
 * no such option, and takes it from the defaults. A backend's own, beside a frontend that does not look, does nothing.
 */
export function gonePresetLines(state: GatewayState): readonly string[] {
  return looks(state) ? ['option abortonclose'] : [];
}

/**
 * Where requests may wait, those whose client has gone are forgotten; so are deliveries that the dispatcher gave up, and
 * workers that would be leased a task.
 */
export function goneLines({ spec, sleep }: GatewayService, state: GatewayState): readonly string[] {
  const waits = spec.name === TASKS_SERVICE || deliverable(state.gateway).includes(spec.name);
  if (spec.concurrency !== null || sleep !== null || waits) return ['option abortonclose'];
  return looks(state) ? ['no option abortonclose'] : [];
}

// Private

function looks(state: GatewayState): boolean {
  return anyQueues(state) || anySleeps(state) || anyAggregate(state.gateway) || hasTasks(state);
}

function anyQueues({ services }: GatewayState): boolean {
  return Object.values(services).some(({ spec }) => spec.concurrency !== null);
}
