/** What one replica finishes a second when it has all it can do: seen, not supposed. */
export interface Ceiling {
  /** Null: it was never seen at its limit. */
  readonly rps: number | null;
  /** How long it was, at most `LONGEST_S`: how much the number is worth. */
  readonly seenS: number;
  /** Finished by one replica while work waited for it throughout. */
  observe(perReplicaRps: number, seconds: number): void;
  /** It kept up with so much, for so long; with more than was seen at the limit, that was none. */
  raise(rps: number, seconds: number): void;
  /** What was seen may be over: the next look counts as much as all before. */
  doubt(): void;
  /** Remembers the number as it is, for `undo`. */
  mark(): void;
  undo(): void;
}

/**
 * The mean of the last minute at the limit. Where two blocks of ten seconds in a row say clearly otherwise, both above or
 * both below, they alone count: a deploy or a neighbour has changed what a replica can do.
 */
export function createCeiling(): Ceiling {
  let rps = 0;
  let seenS = 0;
  let blockRps = 0;
  let blockS = 0;
  let aboveRps = 0;
  let aboveS = 0;
  let lastBlock: number | null = null;
  let kept = { rps, seenS };

  const closeBlock = (): void => {
    const block = blockRps / blockS;
    const aside = sideOf(block, rps);
    if (lastBlock !== null && aside !== 0 && aside === sideOf(lastBlock, rps)) {
      rps = (block + lastBlock) / 2;
      seenS = 2 * BLOCK_S;
      lastBlock = null;
    } else {
      lastBlock = block;
    }
    blockRps = blockS = 0;
  };

  return {
    get rps() {
      return seenS > 0 ? rps : null;
    },
    get seenS() {
      return seenS;
    },
    observe(perReplicaRps, seconds) {
      if (!(seconds > 0)) return;
      const weight = seconds / (seenS + seconds);
      rps += (perReplicaRps - rps) * weight;
      seenS = Math.min(LONGEST_S, seenS + seconds);
      blockRps += perReplicaRps * seconds;
      blockS += seconds;
      aboveS = 0;
      if (blockS >= BLOCK_S) closeBlock();
    },
    raise(kept, seconds) {
      if (seenS === 0 || kept <= rps) return;
      aboveRps += (kept - aboveRps) * (seconds / (aboveS + seconds));
      aboveS += seconds;
      if (aboveS < RAISED_S) return;
      rps = aboveRps;
      aboveS = 0;
    },
    doubt() {
      seenS = Math.min(seenS, DOUBTED_S);
      lastBlock = null;
      blockRps = blockS = 0;
    },
    mark() {
      kept = { rps, seenS };
    },
    undo() {
      ({ rps, seenS } = kept);
      lastBlock = null;
      blockRps = blockS = 0;
    },
  };
}

// Private

const LONGEST_S = 60;
const BLOCK_S = 10;
const DOUBTED_S = 2;
/** So long more was kept up with. */
const RAISED_S = 20;

/** Further off than chance and a start that is still warming up would have it. */
const CLEARLY = 0.15;

function sideOf(block: number, mean: number): -1 | 0 | 1 {
  if (block > mean * (1 + CLEARLY)) return 1;
  return block < mean * (1 - CLEARLY) ? -1 : 0;
}
