import type { DecisionView } from '../../contract.ts';
import { verdict } from '../words.ts';

/** A decision worth a mark: it changed the count, or something held it where it is. */
export interface Marker {
  readonly decision: DecisionView;
  /** ms since the epoch */
  readonly at: number;
  readonly kind: 'up' | 'down' | 'held';
}

/** Several that stand too close to be told apart; the newest speaks for them. */
export interface Cluster {
  /** Of its oldest decision: the same while newer ones join. */
  readonly id: number;
  readonly newest: Marker;
  readonly count: number;
  /** 0 to 1, from the left end of the range to the right. */
  readonly share: number;
}

/** The oldest first. */
export function markersOf(decisions: readonly DecisionView[]): readonly Marker[] {
  return decisions
    .filter(({ current, desired, binding }) => current !== desired || binding !== 'none')
    .map((decision): Marker => {
      const { current, desired } = decision;
      const kind = desired > current ? 'up' : desired < current ? 'down' : 'held';
      return { decision, at: Date.parse(decision.at), kind };
    })
    .sort((one, other) => one.at - other.at || one.decision.id - other.decision.id);
}

/** Those between `from` and `to`, where `apart` is the least distance as a share of the whole. A change outweighs a hold. */
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
      clusters.push({ id: marker.decision.id, newest: marker, count: 1, share });
      continue;
    }
    const newest = marker.kind === 'held' && last.newest.kind !== 'held' ? last.newest : marker;
    clusters[clusters.length - 1] = { ...last, newest, count: last.count + 1 };
  }
  return clusters;
}

/** `14:30:05: 2 → 3 replicas`, `4 decisions until 14:30:05, among them 2 → 3 replicas` */
export function markerLabel({ newest, count }: Cluster, time: (at: number) => string): string {
  const text = verdict(newest.decision);
  if (count === 1) return `${time(newest.at)}: ${text}`;
  return `${count} decisions around ${time(newest.at)}, among them ${text}`;
}
