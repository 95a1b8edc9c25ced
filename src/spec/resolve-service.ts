import { resolve } from 'node:path';
import { parseCommand } from './command.ts';
import { DEFAULTS, defaultDrainMs, defaultTarget } from './defaults.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import { answers } from './answers.ts';
import type { ResolveContext } from './context.ts';
import { checkBacklogRules, resolveBacklog } from './resolve-backlog.ts';
import { resolveScale } from './resolve-scale.ts';
import type { Config } from './schema/config.ts';
import type {
  BalanceSpec,
  CommandSpec,
  HashBy,
  HealthSpec,
  RouteSpec,
  SecretRef,
  ServiceSpec,
} from './spec.ts';
import type { QueueSpec } from './tasks.ts';

type GivenService = Config['services'][string];

/** What comes to the services. */
interface Work {
  readonly routes: readonly RouteSpec[];
  readonly queues: Readonly<Record<string, QueueSpec>>;
}

/** One service with its defaults. */
export function resolveService(
  name: string,
  config: Config,
  { routes, queues }: Work,
  { folder, machine }: ResolveContext,
  report: Report,
): ServiceSpec {
  const given = config.services[name] as GivenService;
  const path = ['services', name];
  const concurrency = given.concurrency ?? null;
  const ownRoutes = routes.filter((route) => answers(route, name));
  const ownQueues = Object.values(queues).filter(({ service }) => service === name);
  const timeoutsMs = [...ownRoutes, ...ownQueues].map(({ timeoutMs }) => timeoutMs);
  const backlog = resolveBacklog(name, config, queues, folder, report);
  if (backlog === null) checkBacklogRules(name, config, report);
  const work = { queue: backlog !== null, route: ownRoutes.length > 0 };
  const policy = given.scale?.policy ?? DEFAULTS.scale.policy;
  const target = defaultTarget(concurrency, policy, work);
  if (policy === 'slo' && !work.route) {
    report([...path, 'scale', 'policy'], noRequests(name, work.queue));
  }
  const shadow = given.scale?.shadow?.indexOf('slo') ?? -1;
  if (shadow !== -1 && !work.route) {
    report([...path, 'scale', 'shadow', shadow], noRequests(name, work.queue));
  }
  return {
    name,
    command: resolveCommand(given, config.engine ?? DEFAULTS.engine, path, report),
    image: given.image ?? null,
    cwd: resolve(folder, given.cwd ?? '.'),
    env: resolveEnv(given, folder, path, report),
    user: given.user ?? null,
    health: resolveHealth(given),
    resources: {
      cpu: given.resources?.cpu ?? null,
      memoryBytes: given.resources?.memory ?? null,
    },
    concurrency,
    balance: resolveBalance(given, path, report),
    sticky: given.sticky ?? DEFAULTS.sticky,
    retries: given.retries ?? DEFAULTS.retries,
    breaker: given.breaker
      ? { errors: given.breaker.errors, windowMs: given.breaker.window }
      : null,
    slowStartMs: given.slowStart ?? null,
    drainMs: given.drain ?? defaultDrainMs(timeoutsMs),
    update: { maxSurge: given.update?.maxSurge ?? DEFAULTS.maxSurge },
    backlog,
    scale: resolveScale(given.scale ?? {}, target, machine, [...path, 'scale'], report),
  };
}

// Private

function noRequests(name: string, queue: boolean): string {
  const instead = queue ? ", such as 'target' with { drainTime: '30s' }" : '';
  return `must be another one${instead}: 'slo' keeps the latency of requests, and no route leads to ${name}`;
}

function resolveCommand(
  { command, image }: GivenService,
  engine: 'local' | 'swarm',
  path: Path,
  report: Report,
): CommandSpec | null {
  const at = [...path, 'command'];
  if (command === undefined) {
    if (engine === 'local') {
      report(at, "is missing: it must say what to run, such as 'node server.js'");
    } else if (image === undefined) {
      report([...path, 'image'], "is missing: the engine 'swarm' runs images");
    }
    return null;
  }
  const parsed = parseCommand(command);
  if (parsed.ok) return parsed.command;
  report(at, parsed.rule);
  return null;
}

/** What the engine sets itself would silently win over the user's value. */
const RESERVED = /^(?:PORT|HOST|TIDEGATE_.*)$/;

function resolveEnv(
  { env = {} }: GivenService,
  folder: string,
  path: Path,
  report: Report,
): Readonly<Record<string, string | SecretRef>> {
  for (const name of Object.keys(env)) {
    if (RESERVED.test(name)) {
      report([...path, 'env', name], 'must not be set: Tidegate sets it for every replica');
    }
  }
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      typeof value === 'object' && 'file' in value ? { file: resolve(folder, value.file) } : value,
    ]),
  );
}

function resolveHealth({ health = {} }: GivenService): HealthSpec {
  return {
    path: health.path ?? DEFAULTS.health.path,
    intervalMs: health.interval ?? DEFAULTS.health.intervalMs,
    timeoutMs: health.timeout ?? DEFAULTS.health.timeoutMs,
    startupMs: health.startup ?? DEFAULTS.health.startupMs,
    replaceAfterMs: health.replaceAfter ?? DEFAULTS.health.replaceAfterMs,
  };
}

function resolveBalance(
  { balance = DEFAULTS.balance, hashBy }: GivenService,
  path: Path,
  report: Report,
): BalanceSpec {
  const at = [...path, 'hashBy'];
  const dependsOn = [at, [...path, 'balance']];
  if (balance !== 'hash') {
    if (hashBy !== undefined) report(at, "must stand beside balance: 'hash'", { dependsOn });
    return { kind: balance };
  }
  if (hashBy === undefined) {
    report(at, "is missing: balance: 'hash' needs 'ip', 'header:NAME' or 'cookie:NAME'", {
      dependsOn,
    });
  }
  return { kind: 'hash', by: parseHashBy(hashBy ?? 'ip') };
}

function parseHashBy(text: string): HashBy {
  const [kind, name] = text.split(':');
  if (name === undefined) return { kind: 'ip' };
  return kind === 'header'
    ? { kind: 'header', name: name.toLowerCase() }
    : { kind: 'cookie', name };
}
