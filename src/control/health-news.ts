import type { Log } from '../kit/log.ts';
import type { ManagedService } from './managed-service.ts';
import type { HealthNews } from './replica-health.ts';
import type { Replica, Roster } from './roster.ts';

/** Tells, wherever it is to be seen, what the look at a replica has brought to light. */
export function createHealthNews({
  log,
  roster,
}: {
  readonly log: Log;
  readonly roster: Pick<Roster, 'note'>;
}): (service: ManagedService, replica: Replica, news: HealthNews, at: number) => void {
  return (service, replica, news, at) => {
    const note = {
      failing: 'fails its checks',
      recovered: 'passes its checks again',
      condemned: `is being replaced: ${replica.condemned}`,
    }[news];
    const message = `${replica.id} ${note}.`;
    if (news === 'condemned') service.problem = { code: 'REPLICA_REPLACED', message, at, log: [] };
    log[news === 'recovered' ? 'info' : 'warn']({ replica: replica.id }, message);
    roster.note(replica, at, note, HEALTH_CODES[news]);
  };
}

// Private

const HEALTH_CODES: Readonly<Record<HealthNews, string>> = {
  failing: 'FAILING_CHECKS',
  recovered: 'RECOVERED',
  condemned: 'REPLICA_REPLACED',
};
