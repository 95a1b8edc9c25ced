import type { DecisionView, IncidentView } from '../../contract.ts';
import { incidentTone } from '../incidents/incident-words.ts';
import type { Tone } from '../words.ts';

/** What is marked on the axis of time. */
export type Marker = DecisionMarker | IncidentMarker;

interface Moment {
  /** The same for as long as it is shown. */
  readonly id: string;
  /** ms since the epoch */
  readonly at: number;
}

/** A decision worth a mark: it changed the count, or something held it where it is. */
export interface DecisionMarker extends Moment {
  readonly kind: 'up' | 'down' | 'held';
  readonly decision: DecisionView;
}

/** Something that happened: an alert, a death, a deployment. */
export interface IncidentMarker extends Moment {
  readonly kind: 'incident';
  readonly incident: IncidentView;
}

/** Some that stand too close to be told apart, or only one. */
export interface Cluster {
  /** Of its oldest: the same while newer ones join. */
  readonly id: string;
  /** The one that speaks for them: the newest change of the count, else what went wrong, else what happened, else the newest. */
  readonly speaker: Marker;
  /** The oldest first. */
  readonly members: readonly Marker[];
  /** 0 to 1, from the left end of the range to the right. */
  readonly share: number;
}

/** The oldest first. */
export function markersOf(
  decisions: readonly DecisionView[],
  incidents: readonly IncidentView[],
): readonly Marker[] {
  const decided = decisions
    .filter(({ current, desired, binding }) => current !== desired || binding !== 'none')
    .toSorted((one, other) => one.id - other.id)
    .map((decision): Marker => {
      const { id, at, current, desired } = decision;
      const kind = desired > current ? 'up' : desired < current ? 'down' : 'held';
      return { id: `decision ${id}`, at: Date.parse(at), kind, decision };
    });
  const happened = incidents.map((incident): Marker => {
    const { at, code, message } = incident;
    return { id: `${at} ${code} ${message}`, at: Date.parse(at), kind: 'incident', incident };
  });
  return [...decided, ...happened].sort((one, other) => one.at - other.at);
}

/** Those between `from` and `to`, where `apart` is the least distance as a share of the whole. */
export function clustered(
  markers: readonly Marker[],
  from: number,
  to: number,
  apart: number,
): readonly Cluster[] {
  const clusters: Cluster[] = [];
  for (const marker of markers) {
    const share = (marker.at - from) / (to - from);
    if (share < 0 || share > 1) continue;
    const last = clusters.at(-1);
    if (!last || share - last.share > apart) {
      clusters.push({ id: marker.id, speaker: marker, members: [marker], share });
      continue;
    }
    const speaker = weightOf(marker) < weightOf(last.speaker) ? last.speaker : marker;
    clusters[clusters.length - 1] = { ...last, speaker, members: [...last.members, marker] };
  }
  return clusters;
}

/** The most worrying of the incidents in it; null: it has none. */
export function clusterTone({ members }: Pick<Cluster, 'members'>): Tone | null {
  const tones = new Set(
    members.flatMap((each) => (each.kind === 'incident' ? [incidentTone(each.incident)] : [])),
  );
  return WORST_FIRST.find((tone) => tones.has(tone)) ?? null;
}

// Private

const WORST_FIRST: readonly Tone[] = ['bad', 'warn', 'held', 'good'];

/** The larger one speaks for a cluster. */
function weightOf(marker: Marker): number {
  if (marker.kind === 'held') return 0;
  if (marker.kind !== 'incident') return 3;
  return incidentTone(marker.incident) === 'bad' ? 2 : 1;
}
