import type { Status } from '../web/contract.ts';
import { deploymentName, progressText, wayOn } from './deployment-text.ts';
import { driftText } from './drift.ts';
import { oneLine } from './one-line.ts';
import type { Paint } from './paint.ts';

/**
 * What concerns the whole project: a deployment that runs or stands still, a configuration file that differs, keys or a
 * certificate that are not as they should be.
 */
export function projectLines(
  { deployment, drift, gateway }: Pick<Status, 'deployment' | 'drift' | 'gateway'>,
  style: Paint,
  now: number,
): readonly string[] {
  const lines: string[] = [];
  if (deployment?.state === 'running') {
    lines.push(style.cyan(`${deploymentName(deployment)}  ${progressText(deployment, now)}`));
  } else if (deployment) {
    lines.push(style.yellow(`${deploymentName(deployment)} stands still: ${wayOn(deployment)}`));
  }
  // While it is being deployed, what differs is what is being done.
  const differs = deployment?.state === 'running' ? null : driftText(drift);
  if (differs !== null) lines.push(style.yellow(oneLine(differs)));
  for (const problem of gateway.problems) lines.push(style.yellow(oneLine(problem)));
  return lines;
}
