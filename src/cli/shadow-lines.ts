import { DAY, HOUR, MINUTE } from '../kit/clock.ts';
import { humanDuration } from '../kit/duration.ts';
import type { PolicyName } from '../spec/spec.ts';
import type { DecisionView, ReplicaSeconds, ShadowStatus } from '../web/contract.ts';
import { momentText } from './explanation.ts';
import type { Paint } from './paint.ts';

/** What each policy beside the `live` one would have done, and what that would have cost. */
export function shadowLines(
  shadows: readonly ShadowStatus[],
  live: PolicyName,
  style: Paint,
  now: number,
): readonly string[] {
  return shadows.flatMap(({ policy, problem, ...shadow }) => {
    const name = style.bold(`shadow ${policy}:`);
    if (problem !== null) return [`${name} decides nothing: ${problem}`];
    const since = momentText(Date.parse(shadow.desiredSince), now);
    const why = shadow.lastDecision ? `, because ${becauseOf(shadow.lastDecision)}` : '';
    return [
      `${name} would have had ${shadow.desired} since ${since}${why}`,
      costLine(shadow, live),
    ];
  });
}

// Private

function becauseOf({ lately, reasons }: DecisionView): string {
  return (lately ?? reasons).join('; ') || 'nothing asked for more';
}

/** `'  in the last 24 h 41.2 replica-hours, −25 % against the 55.0 of target'` */
function costLine(
  { replicaSeconds: { day } }: Pick<ShadowStatus, 'replicaSeconds'>,
  live: PolicyName,
): string {
  // What is compared is rounded down: it was counted for at least so long.
  const { coveredMs } = day;
  if (coveredMs < MINUTE) return '  not yet compared for a minute';
  const unit = coveredMs < HOUR ? MINUTE : HOUR;
  const span = coveredMs >= DAY - HOUR ? '24 h' : humanDuration(coveredMs - (coveredMs % unit));
  // It is not charged for what fewer would have broken.
  const unseen = day.shadow < day.live ? UNSEEN : '';
  return `  in the last ${span} ${hours(day.shadow)} replica-hours${differenceText(day)} the ${hours(day.live)} of ${live}${unseen}`;
}

const UNSEEN = ' (had it decided, latency would have been another)';

function hours(replicaSeconds: number): string {
  const value = replicaSeconds / 3600;
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

function differenceText({ live, shadow }: ReplicaSeconds): string {
  if (live === 0) return ' against';
  const percent = Math.round((shadow / live - 1) * 100);
  if (percent === 0) return ', as much as';
  return `, ${percent < 0 ? '−' : '+'}${Math.abs(percent)} % against`;
}
