import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TidegateConfig } from '../../spec/define.ts';
import { recordControl } from '../recording/record-control.ts';
import type { LabProject } from './bench.ts';
import { leftRunning } from './errors.ts';
import { freePort } from './free-port.ts';
import { createLabFolder } from './lab-folder.ts';
import { startTidegateChild, TIDEGATE, type TidegateChild } from './tidegate-child.ts';

/** A drain may take half a minute, since requests of labs may; what lasts longer hangs. */
const DRAIN_MS = 45_000;
const HURRY_MS = 20_000;

export interface LabProjectOptions {
  readonly lab: string;
  /** Ends recordings; nothing is started once it has aborted. */
  readonly signal: AbortSignal;
  /** Aborts when nobody wants to wait for drains any more. */
  readonly hurry: AbortSignal;
  /** Told where it runs and how to end it, before anybody waits for it. */
  started(folder: string, end: () => Promise<void>): void;
}

/**
 * `bin/tidegate up` with this configuration in a folder of its own, on free ports.
 * @throws TidegateError UP_ENDED
 */
export async function startLabProject(
  config: TidegateConfig,
  { lab, signal, hurry, started }: LabProjectOptions,
): Promise<LabProject> {
  const gatewayPort = await freePort();
  const adminPort = await freePort();
  // From here until it is known how to end it nothing is waited for: nobody can come between.
  signal.throwIfAborted();
  const folder = createLabFolder(lab);
  const whole: TidegateConfig = {
    name: lab,
    ...config,
    gateway: { ...config.gateway, port: gatewayPort },
    admin: { port: adminPort },
  };
  // Of secrets of a lab nobody else knows.
  const path = join(folder, 'tidegate.config.json');
  writeFileSync(path, JSON.stringify(whole, null, 2), { mode: 0o600 });
  let child = startTidegateChild({ folder, errors: 'keep' });
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> => (ending ??= endProject(child, folder, hurry));
  started(folder, end);
  let { client } = await child.ready();

  return {
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    folder,
    get client() {
      return client;
    },
    get pid() {
      return child.pid;
    },
    status: () => client.status(),
    record: () => recordControl(client, { signal }),
    async revive() {
      await child.ended;
      signal.throwIfAborted();
      child = startTidegateChild({ folder, errors: 'keep' });
      ({ client } = await child.ready());
    },
    stop: end,
  };
}

// Private

/** Drained where that is possible, else at once, else killed; what that leaves behind is ended by `tidegate down`. */
async function endProject(child: TidegateChild, folder: string, hurry: AbortSignal): Promise<void> {
  void child.stop();
  const impatient = (): void => void child.stop();
  if (hurry.aborted) impatient();
  hurry.addEventListener('abort', impatient, { once: true });
  if (!(await endsWithin(child, DRAIN_MS))) impatient();
  if (!(await endsWithin(child, HURRY_MS))) child.kill();
  hurry.removeEventListener('abort', impatient);
  // 130: it was told to hurry, and has ended everything all the same.
  const how = await child.ended;
  if (how === 0 || how === 130) return;
  try {
    await promisify(execFile)(TIDEGATE, ['down'], { cwd: folder, timeout: 60_000 });
  } catch (thrown) {
    throw leftRunning(folder, thrown);
  }
}

async function endsWithin(child: TidegateChild, withinMs: number): Promise<boolean> {
  const waiting = new AbortController();
  const late = delay(withinMs, false, { signal: waiting.signal }).catch(() => false);
  const ended = await Promise.race([child.ended.then(() => true), late]);
  waiting.abort();
  return ended;
}
