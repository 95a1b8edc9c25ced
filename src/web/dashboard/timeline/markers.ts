import type { DecisionView, IncidentView } from '../../contract.ts';
import { incidentTitle, incidentTone } from '../incidents/incident-words.ts';
import type { Tone } from '../words.ts';
import { verdict } from '../words.ts';

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
  /** The one that speaks for them: the newest change of the count, else the newest incident, else the newest. */
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
    const speaker = WEIGHTS[marker.kind] < WEIGHTS[last.speaker.kind] ? last.speaker : marker;
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

/** `2 → 3 replicas`, `Replica died` */
export function markerTitle(marker: Marker): string {
  return marker.kind === 'incident' ? incidentTitle(marker.incident) : verdict(marker.decision);
}

/** `2 decisions, 1 incident`; the decisions even where there are none, unless incidents are all there is. */
export function countedText(markers: readonly Marker[]): string {
  const incidents = markers.filter(({ kind }) => kind === 'incident').length;
  const decisions = markers.length - incidents;
  return [
    ...(decisions > 0 || incidents === 0 ? [counted(decisions, 'decision')] : []),
    ...(incidents > 0 ? [counted(incidents, 'incident')] : []),
  ].join(', ');
}

/** `14:30:05: 2 → 3 replicas`, `4 decisions, 1 incident around 14:30:05, among them 2 → 3 replicas` */
export function markerLabel({ speaker, members }: Cluster, time: (at: number) => string): string {
  const text =
    speaker.kind === 'incident'
      ? `${markerTitle(speaker)}, ${speaker.incident.message}`
      : markerTitle(speaker);
  if (members.length === 1) return `${time(speaker.at)}: ${text}`;
  return `${countedText(members)} around ${time(speaker.at)}, among them ${text}`;
}

/** `1 of 3 here`: where it stands among those that share its mark; nothing where it stands alone. */
export function placeText({ id }: Marker, clusters: readonly Cluster[]): string {
  for (const { members } of clusters) {
    const at = members.findIndex((each) => each.id === id);
    if (at !== -1 && members.length > 1) return `${at + 1} of ${members.length} here`;
  }
  return '';
}

// Private

/** What speaks for a cluster before others. */
const WEIGHTS: Readonly<Record<Marker['kind'], number>> = { up: 2, down: 2, incident: 1, held: 0 };

const WORST_FIRST: readonly Tone[] = ['bad', 'warn', 'held', 'good'];

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
