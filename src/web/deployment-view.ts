import type { Deployment } from '../control/view.ts';
import type { DeploymentView } from './contract.ts';

/** A deployment in the shape that scripts rely on: times in ISO 8601. */
export function deploymentViewOf(deployment: Deployment): DeploymentView {
  const { startedAt, endedAt, steps } = deployment;
  return {
    ...deployment,
    startedAt: iso(startedAt),
    endedAt: endedAt === null ? null : iso(endedAt),
    steps: steps.map(({ at, text }) => ({ at: iso(at), text })),
  };
}

// Private

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
