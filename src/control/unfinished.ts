import type { DeploymentRow } from '../state/deployments.ts';
import type { Store } from '../state/store.ts';
import { countBoth } from './carry-out.ts';
import type { DeploymentDetail } from './deployment-record.ts';
import { deploymentOf } from './deployment-record.ts';
import type { Project } from './project.ts';
import { halfDone } from './run-deployment.ts';

/**
 * What the last control plane left of a deployment: one that was under way counts as interrupted. Replicas of both
 * revisions serve on. Null where nothing is unfinished, or nothing runs that could be half done.
 */
export function resumeHalfway(
  store: Pick<Store, 'deployments' | 'replicas'>,
  project: Pick<Project, 'services'>,
  now: number,
): DeploymentRow | null {
  const last = store.deployments.last();
  if (!last || last.state === 'done' || last.state === 'rolled-back') return null;
  const row = last.state === 'running' ? interruptedBy(last, now) : last;
  if (row !== last) store.deployments.put(row);
  if (store.replicas.live().length === 0) return null;
  for (const { name, revision, byConnect } of (row.detail as DeploymentDetail).mixed) {
    const service = project.services.get(name);
    if (!service) continue;
    countBoth(service, revision);
    service.checksByConnect = byConnect;
  }
  return row;
}

// Private

function interruptedBy(row: DeploymentRow, now: number): DeploymentRow {
  const problem = `${halfDone(deploymentOf(row))} Its control plane ended meanwhile.`;
  const detail = { ...(row.detail as DeploymentDetail), problem };
  return { ...row, state: 'interrupted', endedAt: now, detail };
}
