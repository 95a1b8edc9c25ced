import { Agent, request } from 'undici';

/** The workers of the benchmark of tasks, for whoever measures. */
export interface TaskWorkers {
  tell(what: 'hold' | 'release' | 'reset'): Promise<void>;
  /** What they have answered since `reset`. */
  calls(): Promise<number>;
  /** What was timed since then. */
  tookMs(): Promise<readonly number[]>;
  close(): Promise<void>;
}

export function taskWorkers(ports: readonly number[]): TaskWorkers {
  const dispatcher = new Agent();
  const ask = (path: string): Promise<readonly State[]> =>
    Promise.all(
      ports.map(async (port) => {
        const { body } = await request(`http://127.0.0.1:${port}/${path}`, { dispatcher });
        return (await body.json()) as State;
      }),
    );
  return {
    tell: async (what) => void (await ask(what)),
    calls: async () => (await ask('state')).reduce((sum, { calls }) => sum + calls, 0),
    tookMs: async () => (await ask('state')).flatMap(({ tookMs }) => tookMs),
    close: () => dispatcher.close(),
  };
}

// Private

interface State {
  readonly calls: number;
  readonly tookMs: readonly number[];
}
