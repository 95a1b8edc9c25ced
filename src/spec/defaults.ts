import { parseBytes } from '../kit/bytes.ts';
import type { PolicyName, TargetSpec } from './spec.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;

/** Every default of the configuration, in the units of `Spec`; what depends on other keys is a function. */
export const DEFAULTS = {
  engine: 'local',
  adminHost: '127.0.0.1',
  adminPort: 8081,
  gateway: {
    host: '127.0.0.1',
    port: 8080,
    accessLog: false,
    compression: true,
    paths: 'strict',
    forwarded: false,
    securityHeaders: false,
  },
  tls: { port: 8443, redirect: false },
  jwt: {
    clockSkewMs: 30 * SECOND,
    forward: { sub: 'x-user-id' } as Readonly<Record<string, string>>,
  },
  route: {
    path: '/*',
    timeoutMs: 30 * SECOND,
    bodyLimitBytes: parseBytes('10MB') as number,
    lengthRequired: false,
  },
  cors: { credentials: false, maxAgeMs: 600 * SECOND },
  cache: {
    sizeBytes: parseBytes('64MB') as number,
    maxObjectBytes: parseBytes('1MB') as number,
  },
  aggregate: { timeoutMs: 5 * SECOND },
  health: {
    path: null,
    intervalMs: 1 * SECOND,
    timeoutMs: 2 * SECOND,
    startupMs: 60 * SECOND,
    replaceAfterMs: 60 * SECOND,
  },
  balance: 'least-connections',
  sticky: false,
  retries: 2,
  leastDrainMs: 30 * SECOND,
  maxSurge: 1,
  scale: {
    min: 1,
    max: 10,
    policy: 'linear',
    up: { cpu: 0.7, memory: 0.8, latencyMs: 1 * SECOND },
    down: { cpu: 0.2, memory: 0.4, latencyMs: 200 },
    brakeErrors: 0.05,
    slo: { percentile: 95, headroom: 0.2 },
    intervalMs: 1 * SECOND,
    windowMs: 10 * SECOND,
    burst: { windowMs: 3 * SECOND, factor: 2 },
    cooldown: { upMs: 3 * SECOND, downMs: 60 * SECOND },
  },
  tasks: {
    path: '/tasks',
    bodyLimitBytes: parseBytes('10MB') as number,
    resultLimitBytes: parseBytes('1MB') as number,
    keepMs: 7 * DAY,
    keepFailedMs: 30 * DAY,
    timezone: 'UTC',
  },
  queue: {
    delivery: 'push',
    path: '/',
    retries: 5,
    timeoutMs: 5 * MINUTE,
    backoff: { leastMs: 1 * SECOND, mostMs: 10 * MINUTE },
  },
  host: { minFreeMemory: 0.1 },
} as const;

/**
 * What the policy `target` holds: requests in flight, 70 % of what a replica may have, so that there is room while another
 * starts, else 10; where there is a queue the time in which it is worked off, and that alone where no route leads to the
 * service.
 */
export function defaultTarget(
  concurrency: number | null,
  policy: PolicyName,
  work: { readonly queue: boolean; readonly route: boolean },
): TargetSpec {
  const inFlight = concurrency === null ? 10 : Math.round(concurrency * 70) / 100;
  if (policy !== 'target' || !work.queue) return { concurrency: inFlight };
  const drainTimeMs = 30 * SECOND;
  return work.route ? { concurrency: inFlight, drainTimeMs } : { drainTimeMs };
}

/** Replicas of all services together that a machine of so many cores should bear. */
export function defaultMaxReplicas(cores: number): number {
  return 16 * cores;
}

/** A leaving replica may finish whatever its routes and queues allow. */
export function defaultDrainMs(timeoutsMs: readonly number[]): number {
  return Math.max(DEFAULTS.leastDrainMs, ...timeoutsMs);
}

/** `'My Shop_2'` → `'my-shop-2'`; a folder without a usable letter is called `app`. */
export function defaultName(folder: string): string {
  const last = folder.split('/').findLast((part) => part !== '') ?? '';
  const name = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return name === '' ? 'app' : name;
}
