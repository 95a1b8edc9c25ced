import pg from 'pg';

export interface Listener {
  /** Ends the connection. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly url: string;
  readonly name: string;
  /** Channel → called with what was told there. */
  readonly channels: Readonly<Record<string, (payload: string) => void>>;
  /** It listens from now on: what was told before is missed. */
  readonly onListening?: () => void;
}

/**
 * Hears what is told on channels, on a connection of its own that is made again when it breaks. What is told meanwhile
 * is missed: whoever listens has to look by itself now and then.
 */
export function startListener({ url, name, channels, onListening }: ListenerOptions): Listener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
    client = fresh;
    // Both may come, once for each connection.
    let ended = false;
    const again = (): void => {
      if (ended || closed) return;
      ended = true;
      fresh.end().catch(() => undefined);
      timer = setTimeout(() => void connect(), AGAIN_MS);
    };
    fresh.on('error', again);
    fresh.on('end', again);
    fresh.on('notification', ({ channel, payload }) => channels[channel]?.(payload ?? ''));
    try {
      await fresh.connect();
      for (const channel of Object.keys(channels)) await fresh.query(`listen ${channel}`);
      onListening?.();
    } catch {
      again();
    }
  };
  void connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

// Private

const CONNECT_MS = 3_000;
const AGAIN_MS = 1_000;
