import type { DecisionView, Explanation, IncidentView, ServiceStatus } from '../../web/contract.ts';
import type { RecordedPoint, ServiceRecording } from './recording.ts';
import { createThinning } from './thinning.ts';

/** What is gathered of one service. */
export interface ServiceLog {
  seen(at: number, service: ServiceStatus): void;
  decided(decision: DecisionView): void;
  /** What was decided and happened as the control plane has written it down. */
  explained(explanation: Explanation): void;
  /** How many of its decisions are known. */
  readonly decisions: number;
  recording(): ServiceRecording;
}

/** Nothing from before `startedAt` is kept, except what was still in force. */
export function createServiceLog(name: string, startedAt: number): ServiceLog {
  const points = createThinning();
  const decisions = new Map<number, DecisionView>();
  const incidents = new Map<string, IncidentView>();
  const keep = (decision: DecisionView): void => {
    if (Date.parse(decision.until) >= startedAt) decisions.set(decision.id, decision);
  };
  return {
    seen: (at, service) => points.add(pointOf(at, service)),
    decided: keep,
    explained(explanation) {
      for (const decision of explanation.decisions) keep(decision);
      for (const incident of explanation.incidents) {
        const { at, replica, code } = incident;
        if (Date.parse(at) >= startedAt) incidents.set(`${at} ${replica} ${code}`, incident);
      }
    },
    get decisions() {
      return decisions.size;
    },
    recording: () => ({
      name,
      points: points.points(),
      decisions: [...decisions.values()].sort((a, b) => a.id - b.id),
      incidents: [...incidents.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    }),
  };
}

// Private

function pointOf(at: number, { ready, desired, replicas, signals }: ServiceStatus): RecordedPoint {
  const count = (state: string): number =>
    replicas.filter((replica) => replica.state === state).length;
  return { at, ready, starting: count('starting'), draining: count('draining'), desired, signals };
}
