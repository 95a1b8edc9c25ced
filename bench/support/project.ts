import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TidegateConfig } from '../../src/spec/define.ts';
import type { Releasers } from '../../src/kit/releasers.ts';
import { startTidegateChild, type TidegateChild } from '../../src/lab/labs/tidegate-child.ts';
import { freePort } from '../../test/support/ports.ts';

export interface Project extends Awaited<ReturnType<TidegateChild['ready']>> {
  readonly folder: string;
  /** The control plane's. */
  readonly pid: number;
}

/** Brings up a project of this configuration in a folder of its own, on free ports; the releasers take it down again. */
export async function startProject(
  config: TidegateConfig,
  releasers: Releasers,
  signal: AbortSignal,
): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  // The users of databases pass through; else their data would be elsewhere, and stay when this folder goes.
  chmodSync(folder, 0o711);
  releasers.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
  const [gatewayPort, adminPort] = [await freePort(), await freePort()];
  const whole: TidegateConfig = {
    ...config,
    gateway: { ...config.gateway, port: gatewayPort },
    admin: { port: adminPort },
  };
  writeFileSync(join(folder, 'tidegate.config.json'), JSON.stringify(whole));
  const child = startTidegateChild({ folder, errors: 'keep' });
  releasers.add('tidegate up', async () => {
    const stopping = child.stop();
    // Nobody here is served any more: no need to drain.
    void child.stop();
    await stopping;
  });
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return { folder, pid: child.pid, ...(await Promise.race([child.ready(), interrupted])) };
}
