import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../kit/errors.ts';
import type { Client } from '../../web/client.ts';
import type { Gap, Recording } from './recording.ts';
import { createServiceLog } from './service-log.ts';
import type { ServiceLog } from './service-log.ts';

export interface ControlRecorder {
  /** Asks once more what was decided and what happened, and gives everything. Never throws. */
  stop(): Promise<Recording>;
}

/** Between two attempts to hear of a control plane that is away. */
const AGAIN_AFTER_MS = 500;

/** How often what was decided and happened is asked for: so many incidents as one answer holds are few in this time. */
const ASK_EVERY_MS = 20_000;

/**
 * Gathers what a control plane says of its services, from now until it is stopped or `signal` aborts. One that goes away
 * leaves a gap; what it does when it is back is recorded again. Memory is bounded, however long it takes.
 */
export function recordControl(
  client: Pick<Client, 'events' | 'decisions'>,
  signal?: AbortSignal,
): ControlRecorder {
  const startedAt = Date.now();
  const ending = new AbortController();
  const until = signal ? AbortSignal.any([ending.signal, signal]) : ending.signal;
  const logs = new Map<string, ServiceLog>();
  const gaps: Gap[] = [];
  let heardAt = startedAt;

  const logOf = (name: string): ServiceLog => {
    const log = logs.get(name) ?? createServiceLog(name, startedAt);
    logs.set(name, log);
    return log;
  };
  const hear = async (): Promise<void> => {
    for await (const { event, data } of client.events(until)) {
      heardAt = Date.now();
      const last = gaps.at(-1);
      if (last?.to === null) gaps[gaps.length - 1] = { ...last, to: heardAt };
      if (event === 'decision') logOf(data.service).decided(data.decision);
      if (event === 'status')
        for (const service of data.services) logOf(service.name).seen(heardAt, service);
    }
  };
  const keepHearing = async (): Promise<void> => {
    while (!until.aborted) {
      const problem = await hear().then(() => 'It ended the stream of its events.', messageOf);
      if (until.aborted) return;
      if (gaps.at(-1)?.to !== null) gaps.push({ from: heardAt, to: null, problem });
      await delay(AGAIN_AFTER_MS, undefined, { signal: until }).catch(() => undefined);
    }
  };
  /** What cannot be asked now is asked the next time: the gap tells of it. */
  const ask = async (): Promise<void> => {
    await Promise.allSettled(
      [...logs].map(async ([name, log]) => {
        log.explained(await client.decisions(name, { last: log.decisions + 50 }));
      }),
    );
  };
  const keepAsking = async (): Promise<void> => {
    while (!until.aborted) {
      await delay(ASK_EVERY_MS, undefined, { signal: until }).catch(() => undefined);
      if (!until.aborted) await ask();
    }
  };

  const working = Promise.all([keepHearing(), keepAsking()]);
  return {
    async stop() {
      const endedAt = Date.now();
      ending.abort();
      await working;
      await ask();
      return {
        startedAt,
        endedAt,
        services: [...logs.values()].map((log) => log.recording()),
        gaps,
      };
    },
  };
}
