import type { DeploymentStore } from '../state/deployments.ts';
import type { DeploymentDetail } from './deployment-record.ts';

/** So far back is looked. */
const LOOKED_AT = 200;

/** When the service's revision was last replaced by a deployment, ms since the epoch; null: none is known that did. */
export function lastUseEnded(
  deployments: Pick<DeploymentStore, 'get' | 'last'>,
  service: string,
  revision: string,
): number | null {
  const newest = deployments.last()?.id ?? 0;
  for (let id = newest; id > Math.max(0, newest - LOOKED_AT); id--) {
    const row = deployments.get(id);
    if (row?.state !== 'done') continue;
    const replaced = (row.detail as DeploymentDetail).services.some(
      ({ name, from, to }) => name === service && from === revision && to !== revision,
    );
    if (replaced) return row.endedAt;
  }
  return null;
}

/** `'api: back to qgn82tcb, in use until 13:05'`; the day stands before the time where it is another. */
export function backTo(
  service: string,
  revision: string,
  endedAt: number | null,
  now: number,
): string {
  const words = `${service}: back to ${revision}`;
  if (endedAt === null) return words;
  const [day, time] = [dayOf(endedAt), new Date(endedAt).toTimeString().slice(0, 5)];
  return `${words}, in use until ${day === dayOf(now) ? '' : `${day} `}${time}`;
}

// Private

function dayOf(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
