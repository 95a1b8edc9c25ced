import type { Client } from 'pg';
import { claim, type Claimed } from '../store/claim.ts';
import type { Want } from './lane.ts';
import type { ServiceLane } from './service-lanes.ts';

export interface Claims {
  /** Claims what the lanes want, until they want nothing; what is called meanwhile is folded in. */
  claim(): void;
  /** Resolves when no claim is under way. */
  idle(): Promise<void>;
}

export interface ClaimsOptions {
  readonly holder: string;
  readonly lanes: readonly ServiceLane[];
  /** Null: nothing may be claimed. */
  readonly session: () => Client | null;
  /** `later`: those of them that must wait, and are to be given back. */
  readonly onClaimed: (
    lane: ServiceLane,
    tasks: readonly Claimed[],
    later: readonly Claimed[],
  ) => void;
  readonly onFailed: (session: Client, thrown: unknown) => void;
}

/** One claim at a time, on the session of the leader. */
export function createClaims({
  holder,
  lanes,
  session,
  onClaimed,
  onFailed,
}: ClaimsOptions): Claims {
  let running: Promise<void> | undefined;

  const wantsOf = (): readonly LaneWant[] =>
    lanes.flatMap((of) => of.lane.wants(performance.now()).map((want) => ({ of, want })));
  const run = async (): Promise<void> => {
    for (;;) {
      const current = session();
      if (current === null) return;
      const wants = wantsOf();
      if (wants.length === 0) return;
      for (const { of, want } of wants) {
        try {
          // Before it is asked: an answer that was read late is an old one.
          const at = performance.now();
          const claimed = await claim(current, holder, want.queue, want.tasks);
          onClaimed(of, claimed, of.lane.claimed(want, claimed, at));
        } catch (thrown) {
          for (const each of wants) each.of.lane.wake(each.want.queue);
          onFailed(current, thrown);
          return;
        }
      }
    }
  };
  return {
    claim() {
      running ??= run().finally(() => (running = undefined));
    },
    idle: async () => await running,
  };
}

// Private

interface LaneWant {
  readonly of: ServiceLane;
  readonly want: Want;
}
