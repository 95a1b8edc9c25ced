import { setTimeout as delay } from 'node:timers/promises';
import { humanDuration } from '../../kit/duration.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Client } from '../../web/client.ts';
import type { Gap, Recording } from './recording.ts';
import { createServiceLog } from './service-log.ts';
import type { ServiceLog } from './service-log.ts';

export interface ControlRecorder {
  /** Asks once more how the services are, what was decided and what happened, and gives everything. Never throws. */
  stop(): Promise<Recording>;
}

/** It tells its status each second: one that says nothing for so long is away too, though its connection is open. */
const SILENT_MS = 5_000;

/** Between two attempts to hear of a control plane that is away. */
const AGAIN_AFTER_MS = 500;

/** How often what was decided and happened is asked for: so many incidents as one answer holds are few in this time. */
const ASK_EVERY_MS = 20_000;

/** More decisions than are made meanwhile; older ones change no more. */
const MOST_ASKED = 500;

/**
 * Gathers what a control plane says of its services, from now until it is stopped or `signal` aborts. One that goes away
 * leaves a gap; what it does when it is back is recorded again. Memory is bounded, however long it takes.
 */
export function recordControl(
  client: Pick<Client, 'events' | 'decisions' | 'services'>,
  { signal, silentMs = SILENT_MS }: { signal?: AbortSignal; silentMs?: number } = {},
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
  /** Why there is no more to hear, as a sentence. */
  const hear = async (): Promise<string> => {
    const silent = new AbortController();
    const watch = setTimeout(() => silent.abort(), silentMs);
    try {
      await hearUntil(AbortSignal.any([until, silent.signal]), () => watch.refresh());
    } finally {
      clearTimeout(watch);
    }
    return silent.signal.aborted
      ? `It said nothing for ${humanDuration(silentMs)}.`
      : 'It ended the stream of its events.';
  };
  const hearUntil = async (ended: AbortSignal, heard: () => void): Promise<void> => {
    for await (const { event, data } of client.events(ended)) {
      heard();
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
      const problem = await hear().catch(messageOf);
      if (until.aborted) return;
      if (gaps.at(-1)?.to !== null) gaps.push({ from: heardAt, to: null, problem });
      await delay(AGAIN_AFTER_MS, undefined, { signal: until }).catch(() => undefined);
    }
  };
  /** What cannot be asked now is asked the next time: the gap tells of it. */
  const ask = async (): Promise<void> => {
    await Promise.allSettled(
      [...logs].map(async ([name, log]) => {
        const last = Math.min(MOST_ASKED, log.decisions + 50);
        log.explained(await client.decisions(name, { last }));
      }),
    );
  };
  /** The last status that was told may be a second old. */
  const see = async (): Promise<void> => {
    const services = await client.services().catch(() => []);
    for (const service of services) logOf(service.name).seen(Date.now(), service);
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
      ending.abort();
      await working;
      await Promise.all([see(), ask()]);
      return {
        startedAt,
        endedAt: Date.now(),
        services: [...logs.values()].map((log) => log.recording()),
        gaps,
      };
    },
  };
}
