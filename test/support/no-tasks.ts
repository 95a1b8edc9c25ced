import assert from 'node:assert/strict';
import type { ControlPlaneDeps } from '../../src/control/control-plane.ts';

/** For a control plane without tasks, databases, queues of others and anybody who is told of alerts: nothing may be opened. */
export const noTasks: Pick<
  ControlPlaneDeps,
  'alertPost' | 'databases' | 'openBooks' | 'openForeign'
> = {
  alertPost: () => () => assert.fail('nobody is told of alerts'),
  databases: { view: () => [], onChange: () => undefined },
  openBooks: () => assert.fail('there are no tasks'),
  openForeign: () => assert.fail('there is no queue of others'),
};
