/** What was recommended when. */
export interface Recommendation {
  readonly at: number;
  readonly replicas: number;
}

/** The recommendations of the longest window that is asked about, oldest first. */
export interface Recommendations {
  /** The largest since `at`, not counting what is older; at least `floor`. */
  largestSince(at: number, floor: number): number;
  smallestSince(at: number, ceiling: number): number;
  /** Keeps it, and drops what is older than `keepMs`. */
  push(at: number, replicas: number): void;
  readonly empty: boolean;
}

/** Nothing older than `keepMs` is ever asked for. */
export function createRecommendations(keepMs: number): Recommendations {
  const kept: Recommendation[] = [];
  return {
    largestSince(at, floor) {
      let largest = floor;
      for (const each of kept)
        if (each.at >= at && each.replicas > largest) largest = each.replicas;
      return largest;
    },
    smallestSince(at, ceiling) {
      let smallest = ceiling;
      for (const each of kept) {
        if (each.at >= at && each.replicas < smallest) smallest = each.replicas;
      }
      return smallest;
    },
    push(at, replicas) {
      while (kept[0] && kept[0].at < at - keepMs) kept.shift();
      kept.push({ at, replicas });
    },
    get empty() {
      return kept.length === 0;
    },
  };
}

/**
 * The way of an HPA without `behavior` (`normalizeDesiredReplicas`): the largest recommendation of the window, and at most
 * twice as many as there are, or four.
 */
export function normalise(
  proposal: number,
  { current, min, max, now, windowMs }: LegacyBounds,
  recommendations: Recommendations,
): number {
  const stabilised = recommendations.largestSince(now - windowMs, proposal);
  recommendations.push(now, proposal);
  const ceiling = Math.min(max, Math.max(2 * current, 4));
  return stabilised < min ? min : Math.min(stabilised, ceiling);
}

export interface LegacyBounds {
  readonly current: number;
  readonly min: number;
  readonly max: number;
  readonly now: number;
  readonly windowMs: number;
}
