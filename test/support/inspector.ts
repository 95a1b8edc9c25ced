import { until } from './until.ts';

/** A running Node that was started with `--inspect-port` and is asked over its inspector, which opens on SIGUSR1. */
export interface Inspected {
  /** Bytes of the JavaScript heap in use after a full garbage collection. */
  heapBytes(): Promise<number>;
}

/** @throws AssertionError where the process has no inspector on this port */
export async function inspect(pid: number, port: number): Promise<Inspected> {
  process.kill(pid, 'SIGUSR1');
  const address = await until('the inspector answers', () => inspectorOn(port));
  const found = await converse(address, async (ask) => {
    const { result } = await ask('Runtime.evaluate', { expression: 'process.pid' });
    return (result as { value: number }).value;
  });
  if (found !== pid) throw new Error(`process ${found} and not ${pid} answers on port ${port}`);
  return {
    heapBytes: () =>
      converse(address, async (ask) => {
        await ask('HeapProfiler.collectGarbage');
        return (await ask('Runtime.getHeapUsage'))['usedSize'] as number;
      }),
  };
}

// Private

type Ask = (method: string, params?: object) => Promise<Record<string, unknown>>;

async function inspectorOn(port: number): Promise<string | null> {
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => null);
  const targets = (await answer?.json()) as { webSocketDebuggerUrl: string }[] | undefined;
  return targets?.[0]?.webSocketDebuggerUrl ?? null;
}

/** A connection a conversation: one that stays would have the other side keep what it might show. */
async function converse<T>(address: string, talk: (ask: Ask) => Promise<T>): Promise<T> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  let asked = 0;
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`${address} does not answer`)));
  });
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data));
    waiting.get(id)?.(result);
  });
  try {
    return await talk((method, params = {}) => {
      const id = ++asked;
      socket.send(JSON.stringify({ id, method, params }));
      return new Promise((resolve) => waiting.set(id, resolve));
    });
  } finally {
    socket.close();
  }
}
