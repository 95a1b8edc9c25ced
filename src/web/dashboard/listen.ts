import type { LiveEvent } from '../event-contract.ts';

/** How the page reaches the control plane; a test puts something else there. */
export interface Wire {
  /** Null: there is no session. @throws Error where there is no answer */
  readonly read: <T>(path: string) => Promise<T | null>;
  readonly events: () => EventSource;
  readonly now: () => number;
}

const RETRY_MS = 3000;
/** A status comes each second. */
const SILENT_MS = 10_000;

/**
 * Connects, and again whenever the connection is lost or silent, until the session is over or the returned function is called.
 * `took` is told each event and when it was sent, by the clock of the control plane; `lost` of each loss, with whether the
 * session is over.
 */
export function listen(
  wire: Wire,
  took: (event: LiveEvent, at: number) => void,
  lost: (signedOut: boolean) => void,
): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const connect = (): void => {
    const opened = wire.events();
    source = opened;
    listenLonger();
    for (const event of EVENTS)
      opened.addEventListener(event, ({ data, lastEventId }: MessageEvent<string>) => {
        listenLonger();
        took({ event, data: JSON.parse(data) }, Number(lastEventId) || wire.now());
      });
    opened.addEventListener('error', () => {
      lost(false);
      if (opened.readyState !== CLOSED) return;
      clearTimeout(silence);
      void again();
    });
  };

  /** Of a machine that slept, or a cable that was pulled, nobody tells: then a connection is there that says nothing. */
  const listenLonger = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      source?.close();
      lost(false);
      connect();
    }, SILENT_MS);
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
    clearTimeout(silence);
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
