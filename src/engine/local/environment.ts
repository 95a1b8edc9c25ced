import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandSpec } from '../../spec/spec.ts';
import { commandMissing } from '../errors.ts';
import type { ReplicaOrder } from '../engine.ts';
import { internalArgv } from './internal-program.ts';

export interface ReplicaPlace {
  readonly host: string;
  readonly port: number;
  readonly gatewayUrl: string;
  readonly agentSocket: string;
  /** Where the gateway takes requests of our own programs. */
  readonly partsSocket: string;
}

/** Preloaded into every Node program a replica starts; other programs do not look at NODE_OPTIONS. */
export const AGENT_PATH = fileURLToPath(new URL('../agent/agent.cjs', import.meta.url));

/** The environment of a replica: ours, over it the user's, over both what Tidegate promises. */
export function replicaEnvironment(
  order: Pick<ReplicaOrder, 'id' | 'service' | 'revision' | 'command' | 'env' | 'user'>,
  place: ReplicaPlace,
  base: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...base, ...order.env })) {
    if (value !== undefined) merged[name] = value;
  }
  // A Node program that cannot read its preload does not start, so another user's goes without one.
  const watched = order.user === null || othersMayRead(AGENT_PATH);
  return {
    ...merged,
    PORT: String(place.port),
    HOST: place.host,
    TIDEGATE_SERVICE: order.service,
    TIDEGATE_REPLICA: order.id,
    TIDEGATE_REVISION: order.revision,
    TIDEGATE_GATEWAY_URL: place.gatewayUrl,
    ...(order.command.kind === 'internal' && { TIDEGATE_PARTS_SOCKET: place.partsSocket }),
    ...(watched && {
      TIDEGATE_AGENT_SOCKET: place.agentSocket,
      NODE_OPTIONS: `--require ${quoted(AGENT_PATH)} ${merged.NODE_OPTIONS ?? ''}`.trim(),
    }),
  };
}

/**
 * The argv to run, `$PORT`, `${PORT}`, `$HOST` and `${HOST}` filled in; a shell finds them in its environment.
 * @throws TidegateError COMMAND_NOT_FOUND when there is nothing to run
 */
export function replicaArgv(
  service: string,
  command: CommandSpec,
  place: Pick<ReplicaPlace, 'host' | 'port'>,
): readonly string[] {
  if (command.kind === 'shell') return ['/bin/sh', '-c', command.text];
  if (command.kind === 'internal') return internalArgv(command.program);
  if (!command.argv[0]) throw commandMissing(service);
  const values = { PORT: String(place.port), HOST: place.host };
  return command.argv.map((argument) =>
    argument.replace(
      /\$(?:\{(PORT|HOST)\}|(PORT|HOST)\b)/g,
      (_text, braced?: 'PORT' | 'HOST', bare?: 'PORT' | 'HOST') =>
        values[(braced ?? bare) as 'PORT' | 'HOST'],
    ),
  );
}

// Private

/** As Node splits NODE_OPTIONS: at spaces, unless in double quotes, where a backslash escapes. */
function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&')}"` : path;
}

function othersMayRead(path: string): boolean {
  if ((statSync(path).mode & 0o004) === 0) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
