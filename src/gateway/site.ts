import { join } from 'node:path';
import type { Log } from '../kit/log.ts';
import { createLogFiles, type LogFiles } from '../process/log-file.ts';
import { clearChecks } from './check.ts';
import { createRenderedFiles, prepareRunFolder, type RenderedFiles } from './files.ts';
import { findHaproxy } from './haproxy.ts';
import { readMachine } from './machine.ts';
import type { GatewayMachine, GatewayPaths } from './plan.ts';
import { readPrograms } from './programs.ts';
import {
  DELIVERY_SOCKET,
  HANDOVER_SOCKET,
  LOG_SOCKET,
  PARTS_SOCKET,
  RELAY_SOCKET,
  RUNTIME_SOCKET,
} from './render/names.ts';

export interface SiteOptions {
  /** Rendered files; ours alone. */
  readonly folder: string;
  /** Sockets. HAProxy's group may enter when it drops root, so the folders above must let that group pass. */
  readonly runFolder: string;
  readonly logsFolder: string;
  /** The project's secret, by which its processes are known. */
  readonly nonce: string;
  readonly log: Log;
}

/** Where everything is and what the machine allows: the same for every HAProxy this project starts. */
export interface Site {
  readonly paths: GatewayPaths;
  readonly sockets: Readonly<
    Record<'runtime' | 'master' | 'log' | 'relay' | 'handover' | 'parts' | 'deliveries', string>
  >;
  /** Requests, when an access log is wanted, and HAProxy's own words. */
  readonly logs: { readonly access: string; readonly own: string };
  readonly files: RenderedFiles;
  readonly logFiles: LogFiles;
  readonly binary: string;
  readonly machine: GatewayMachine;
  /** The group HAProxy becomes; null: it stays who we are. */
  readonly groupId: number | null;
  readonly nonce: string;
  readonly log: Log;
}

/** Makes the folders and looks around. @throws TidegateError HAPROXY_MISSING */
export async function prepareSite(options: SiteOptions): Promise<Site> {
  const { folder, runFolder, logsFolder, nonce, log } = options;
  const [{ path: binary, lua }, { groupId, ...machine }] = await Promise.all([
    findHaproxy(),
    readMachine(),
  ]);
  prepareRunFolder(runFolder, groupId);
  const files = createRenderedFiles(folder);
  clearChecks(folder);
  return {
    paths: { folder, runFolder },
    sockets: {
      runtime: join(runFolder, RUNTIME_SOCKET),
      master: join(runFolder, 'master.sock'),
      log: join(runFolder, LOG_SOCKET),
      relay: join(runFolder, RELAY_SOCKET),
      handover: join(runFolder, HANDOVER_SOCKET),
      parts: join(runFolder, PARTS_SOCKET),
      deliveries: join(runFolder, DELIVERY_SOCKET),
    },
    logs: { access: join(logsFolder, 'access.log'), own: join(logsFolder, 'gateway.log') },
    files,
    logFiles: createLogFiles(log),
    binary,
    machine: { ...machine, lua, programs: readPrograms() },
    groupId,
    nonce,
    log,
  };
}
