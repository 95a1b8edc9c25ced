import type { LiveEvent } from '../event-contract.ts';

/** How the page reaches the control plane; a test puts something else there. */
export interface Wire {
  /** Null: there is no session. @throws Error where there is no answer */
  readonly read: <T>(path: string) => Promise<T | null>;
  readonly events: () => EventSource;
  readonly now: () => number;
}

const RETRY_MS = 3000;

/**
 * Connects, and again whenever the connection is lost, until the session is over or the returned function is called.
 * `lost` is told of each loss, with whether the session is over.
 */
export function listen(
  wire: Wire,
  took: (event: LiveEvent) => void,
  lost: (signedOut: boolean) => void,
): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const connect = (): void => {
    source = wire.events();
    for (const event of EVENTS)
      source.addEventListener(event, ({ data }: MessageEvent<string>) =>
        took({ event, data: JSON.parse(data) }),
      );
    source.addEventListener('error', () => {
      lost(false);
      if (source?.readyState === CLOSED) void again();
    });
  };

  /** The browser gives up on a refusal: either the session is over, or the control plane will be back. */
  const again = async (): Promise<void> => {
    try {
      if ((await wire.read('/api/v1/status')) === null) {
        lost(true);
        return;
      }
    } catch {
      // Not there yet.
    }
    if (!ended) timer = setTimeout(connect, RETRY_MS);
  };

  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    source?.close();
  };
}

// Private

const EVENTS = [
  'status',
  'decision',
  'replica',
  'circuit',
  'gateway',
  'database',
  'deployment',
  'alert',
] as const satisfies readonly LiveEvent['event'][];

/** `EventSource.CLOSED` */
const CLOSED = 2;
