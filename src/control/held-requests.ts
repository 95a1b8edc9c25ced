/** Which sleeping services somebody waits for, as the gateway tells it. Times in ms since the epoch. */
export interface HeldRequests {
  /** A request is held for it, or still is. */
  seen(service: string, now: number): void;
  /** Somebody was known to wait a moment ago. */
  waits(service: string, now: number): boolean;
  /** It takes traffic: ms since the first of those that waited came; null: nobody has waited. */
  served(service: string, now: number): number | null;
  /** They were refused. */
  refused(service: string): void;
}

/** The gateway tells of a waiting request every second; with three of them lost, nobody waits any more. */
const KNOWN_MS = 3_500;

export function createHeldRequests(): HeldRequests {
  const waiting = new Map<string, { firstAt: number; lastAt: number }>();

  const of = (service: string, now: number): { firstAt: number; lastAt: number } | null => {
    const known = waiting.get(service);
    // A clock that was set back says nothing of how long ago it was.
    return known && Math.abs(now - known.lastAt) < KNOWN_MS ? known : null;
  };

  return {
    seen(service, now) {
      const firstAt = Math.min(of(service, now)?.firstAt ?? now, now);
      waiting.set(service, { firstAt, lastAt: now });
    },
    waits: (service, now) => of(service, now) !== null,
    served(service, now) {
      const known = of(service, now);
      waiting.delete(service);
      return known && Math.max(0, now - known.firstAt);
    },
    refused: (service) => void waiting.delete(service),
  };
}
