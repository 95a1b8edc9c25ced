import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { marksPath } from './log-marks.ts';

/** Where one replica's output is; older output stands beside it as `.1` and `.2`. */
export interface ReplicaLog {
  readonly service: string;
  readonly replica: string;
  readonly path: string;
}

/** How many ended replicas' logs a service keeps. */
const KEEP_LOGS = 30;

export function replicaLog(folder: string, service: string, replica: string): ReplicaLog {
  return { service, replica, path: join(folder, service, `${replica}.log`) };
}

/** The logs of a service, or of all, past and present. */
export function listLogs(folder: string, service: string | null): readonly ReplicaLog[] {
  const services = service === null ? entries(folder) : [service];
  return services.flatMap((name) =>
    entries(join(folder, name))
      .filter((file) => file.endsWith('.log'))
      .map((file) => replicaLog(folder, name, file.slice(0, -'.log'.length))),
  );
}

/** A log and its older parts that exist, oldest first. */
export function partsOf({ path }: ReplicaLog): readonly string[] {
  return [`${path}.2`, `${path}.1`, path].filter(
    (part) => statSync(part, { throwIfNoEntry: false }) !== undefined,
  );
}

/** Removes the logs longest untouched, never those of replicas that still run. */
export function sweepLogs(folder: string, service: string, running: ReadonlySet<string>): void {
  const ended = listLogs(folder, service)
    .filter(({ replica }) => !running.has(replica))
    .map((log) => ({ log, at: statSync(log.path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const { log } of ended.slice(KEEP_LOGS)) {
    for (const part of [log.path, `${log.path}.1`, `${log.path}.2`]) {
      rmSync(part, { force: true });
      rmSync(marksPath(part), { force: true });
    }
  }
}

// Private

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No replica of this service has run yet.
    return [];
  }
}
