import { formatDuration } from '../../kit/duration.ts';
import { DEFAULTS } from '../../spec/defaults.ts';
import type { ServiceConfig } from '../../spec/define.ts';
import { durationMsOf, scaleFor, sizeOf, wholeOf } from './amounts.ts';
import { composeCommand } from './compose-command.ts';
import { composeEnvironment } from './compose-environment.ts';
import { composeHealth } from './compose-health.ts';
import { whyNotOfCompose } from './compose-losses.ts';
import { composePorts } from './compose-ports.ts';
import type { DraftService, Lose } from './draft.ts';
import { interpolated } from './interpolation.ts';
import { below, keysOf, scalarText } from './keys.ts';
import type { Keys } from './keys.ts';
import { withoutOwnPort } from './own-port.ts';

export interface GivenService {
  readonly name: string;
  readonly at: string;
  readonly value: unknown;
  /** The names of the other services, which are hosts to this one. */
  readonly others: readonly string[];
}

/** One service of a Compose file as a program of this machine; null for one that did not run. */
export function composeService(
  { name, at, value, others }: GivenService,
  lose: Lose,
): DraftService | null {
  const keys = keysOf(value);
  if (!keys) {
    lose(at, 'is no service: it must be an object');
    return null;
  }
  const lost: Lose = (key, why) => lose(`${at}.${key}`, why);
  const deploy = keysOf(keys.take('deploy'));
  const deployLost: Lose = (key, why) => lose(`${at}.deploy.${key}`, why);
  const count = countOf(keys, deploy, lost);
  if (count === 0) {
    lose(at, 'had no replicas and did not run');
    return null;
  }
  const { scale, remark } = scaleFor(count);
  const cwd = contextOf(keys, lost);
  const command = composeCommand(keys, lost);
  const env = composeEnvironment(keys, { at, others }, lose);
  const { port, isPublic, remarks } = composePorts(keys, lost);
  const given: ServiceConfig = {
    ...command,
    ...(cwd !== null && { cwd }),
    ...(env && { env }),
    ...composeHealth(keys, lost),
    ...resourcesOf(keys, deploy, lost, deployLost),
    ...drainOf(keys, lost),
    scale,
  };
  const { config } = withoutOwnPort(given, below(at, 'command'), lose);
  for (const [key, value] of deploy?.rest() ?? []) {
    if (value === null) continue;
    lose(
      below(`${at}.deploy`, key),
      'is for a swarm of machines, or done by Tidegate in its own way',
    );
  }
  for (const [key, value] of keys.rest()) {
    const why = whyNotOfCompose(key, value);
    if (why !== null) lose(below(at, key), why);
  }
  return { at, name, config, isPublic, publicPort: port, remarks: [remark, ...remarks] };
}

// Private

function countOf(keys: Keys, deploy: Keys | null, lost: Lose): number {
  const written = deploy?.take('replicas') ?? keys.take('scale');
  if (written === undefined || written === null) return 1;
  const count = wholeOf(text(written));
  if (count !== undefined && count >= 0 && count <= 1000) return count;
  lost('deploy.replicas', 'is no number of replicas here; one was taken');
  return 1;
}

/** A variable's default stands for it; without one the text is as it was, and will be named as wrong. */
function text(written: unknown): unknown {
  if (typeof written !== 'string') return written;
  const value = interpolated(written);
  return value.kind === 'variable' ? (value.instead ?? written) : value.text;
}

/** The sources are where the image was built from. */
function contextOf(keys: Keys, lost: Lose): string | null {
  const build = keys.take('build');
  if (build === undefined || build === null) return null;
  const written = typeof build === 'string' ? build : keysOf(build)?.take('context');
  const context = typeof written === 'string' ? written : '.';
  lost(
    'build',
    'nothing is built: what the Dockerfile installs and compiles must be there before `tidegate up`',
  );
  if (/:\/\/|^git@|\$/.test(context)) {
    lost('build.context', 'is no folder of this machine: give the service a cwd');
    return null;
  }
  return context;
}

function resourcesOf(
  keys: Keys,
  deploy: Keys | null,
  lost: Lose,
  deployLost: Lose,
): Pick<ServiceConfig, 'resources'> {
  const resources = keysOf(deploy?.take('resources'));
  const limits = keysOf(resources?.take('limits'));
  for (const [key] of resources?.rest() ?? []) {
    deployLost(
      `resources.${key}`,
      'nothing is set aside for a replica; host.minFreeMemory keeps memory free',
    );
  }
  const memory = limits?.take('memory') ?? keys.take('mem_limit');
  const cpus = limits?.take('cpus') ?? keys.take('cpus');
  for (const [key] of limits?.rest() ?? []) deployLost(`resources.limits.${key}`, 'is not limited');
  const size = memory === undefined || memory === null ? undefined : sizeOf(text(memory));
  if (memory !== undefined && memory !== null && size === undefined) {
    lost('memory', 'its limit is no size such as 512M');
  }
  const cpu = cpus === undefined || cpus === null ? undefined : Number(scalarText(text(cpus)));
  const isCpu = cpu !== undefined && Number.isFinite(cpu) && cpu > 0;
  if (cpu !== undefined && !isCpu) lost('cpus', 'is no number of cores');
  const kept = { ...(isCpu && { cpu }), ...(size && { memory: size }) };
  return Object.keys(kept).length > 0 ? { resources: kept } : {};
}

/** Requests are finished before the program is told to end; only what needs longer than that is worth a word. */
function drainOf(keys: Keys, lost: Lose): Pick<ServiceConfig, 'drain'> {
  const written = keys.take('stop_grace_period');
  if (written === undefined || written === null) return {};
  const graceMs = durationMsOf(text(written));
  if (graceMs !== undefined && graceMs > DEFAULTS.leastDrainMs)
    return { drain: formatDuration(graceMs) };
  lost(
    'stop_grace_period',
    'a leaving replica finishes its requests before it is ended: drain, at least 30s by default',
  );
  return {};
}
