import assert from 'node:assert/strict';
import type { ControlPlaneDeps } from '../../src/control/control-plane.ts';

/** For a control plane without tasks, databases and queues of others: nothing may be opened. */
export const noTasks: Pick<ControlPlaneDeps, 'databases' | 'openBooks' | 'openForeign'> = {
  databases: { view: () => [], onChange: () => undefined },
  openBooks: () => assert.fail('there are no tasks'),
  openForeign: () => assert.fail('there is no queue of others'),
};
