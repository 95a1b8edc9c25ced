import { incidentTitle } from '../incidents/incident-words.ts';
import { verdict } from '../words.ts';
import type { Cluster, Marker } from './markers.ts';

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

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
