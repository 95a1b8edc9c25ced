import type { Incident } from '../state/incidents.ts';
import type { ShadowView } from '../control/shadows/shadow-view.ts';
import type { StoredDecision } from '../state/decisions.ts';
import type { Explanation, IncidentView } from './contract.ts';
import { decisionViewOf, shadowStatusOf } from './status.ts';

const MAX_INCIDENTS = 50;

/**
 * Decisions, newest first, with what happened to the replicas from the oldest of them until `at`, or as long as the
 * newest held after it; where a beginning was asked for, from that until `at`, decisions or not.
 */
export function explanationOf(
  service: string,
  decisions: readonly StoredDecision[],
  incidents: (fromMs: number, toMs: number, limit: number) => readonly Incident[],
  at: number,
  asked?: number,
  shadows?: readonly ShadowView[],
): Explanation {
  const from = asked ?? decisions.at(-1)?.at ?? 0;
  const to = asked === undefined ? Math.max(at, decisions[0]?.until ?? 0) : at;
  return {
    service,
    decisions: decisions.map(decisionViewOf),
    ...(shadows && { shadows: shadows.map(shadowStatusOf) }),
    incidents: incidents(from, to, MAX_INCIDENTS).map(incidentViewOf),
  };
}

// Private

function incidentViewOf({ at, replica, code, message }: Incident): IncidentView {
  return { at: new Date(at).toISOString(), replica, code, message };
}
