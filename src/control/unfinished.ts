import type { DeploymentRow } from '../state/deployments.ts';
import type { Store } from '../state/store.ts';
import { countBoth } from './turn-back.ts';
import type { DeploymentDetail } from './deployment-record.ts';
import { deploymentOf } from './deployment-record.ts';
import type { Project } from './project.ts';
import { halfDone, howFar } from './half-done.ts';

/**
 * What the last control plane left of a deployment: one that was under way counts as interrupted. Replicas of both
 * revisions serve on. Null where nothing is unfinished, or it is over: nothing was replaced, or nothing `runs`.
 */
export function resumeHalfway(
  store: Pick<Store, 'deployments'>,
  project: Pick<Project, 'services'>,
  now: number,
  runs: boolean,
): DeploymentRow | null {
  const last = store.deployments.last();
  if (!last || last.state === 'done' || last.state === 'rolled-back') return null;
  if ((last.detail as DeploymentDetail).over) return null;
  const row = last.state === 'running' ? interruptedBy(last, now) : last;
  const half = halfDone(deploymentOf(row));
  // One that failed to go back is kept as it was found.
  const replacedNone = row.state === 'interrupted' && half.length === 0;
  if (!runs || replacedNone) {
    settle(store, row);
    return null;
  }
  if (row !== last) store.deployments.put(row);
  for (const { name, revision, byConnect } of (row.detail as DeploymentDetail).mixed) {
    const service = project.services.get(name);
    if (!service || (row.state === 'interrupted' && !half.includes(name))) continue;
    countBoth(service, revision);
    service.checksByConnect = byConnect;
  }
  return row;
}

/** Nothing is left of it that could be gone on with, whatever the next control plane finds. */
export function settle({ deployments }: Pick<Store, 'deployments'>, row: DeploymentRow): void {
  deployments.put({ ...row, detail: { ...(row.detail as DeploymentDetail), over: true } });
}

// Private

function interruptedBy(row: DeploymentRow, now: number): DeploymentRow {
  const problem = `${howFar(deploymentOf(row))} Its control plane ended meanwhile.`;
  const detail = { ...(row.detail as DeploymentDetail), problem };
  return { ...row, state: 'interrupted', endedAt: now, detail };
}
