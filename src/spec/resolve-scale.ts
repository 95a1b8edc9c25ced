import { formatDuration } from '../kit/duration.ts';
import { DEFAULTS } from './defaults.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { Machine } from './context.ts';
import type { Config } from './schema/config.ts';
import { checkShadows } from './check-shadows.ts';
import type { ScaleSpec, TargetSpec, Thresholds } from './spec.ts';

type GivenScale = NonNullable<Config['services'][string]['scale']>;
type GivenThresholds = NonNullable<GivenScale['up']>;

/** The scale rules with their defaults. */
export function resolveScale(
  given: GivenScale,
  defaultTarget: TargetSpec,
  machine: Machine,
  path: Path,
  report: Report,
): ScaleSpec {
  const defaults = DEFAULTS.scale;
  const count = (value: number | 'cores'): number => (value === 'cores' ? machine.cores : value);
  const windowMs = given.window ?? defaults.windowMs;
  const downMs = given.cooldown?.down ?? defaults.cooldown.downMs;
  const scale: ScaleSpec = {
    min: count(given.min ?? defaults.min),
    max: count(given.max ?? defaults.max),
    policy: given.policy ?? defaults.policy,
    up: merged(defaults.up, given.up ?? {}),
    down: merged(defaults.down, given.down ?? {}),
    brake: { errors: unlessOff(given.brake?.errors ?? defaults.brakeErrors) ?? null },
    target: resolveTarget(given, defaultTarget),
    slo: given.slo
      ? {
          latencyMs: given.slo.latency,
          percentile: given.slo.percentile ?? defaults.slo.percentile,
          headroom: given.slo.headroom ?? defaults.slo.headroom,
        }
      : null,
    intervalMs: given.interval ?? defaults.intervalMs,
    windowMs,
    burst: {
      windowMs: given.burst?.window ?? Math.min(defaults.burst.windowMs, windowMs),
      factor: given.burst?.factor ?? defaults.burst.factor,
    },
    cooldown: { upMs: given.cooldown?.up ?? defaults.cooldown.upMs, downMs },
    sleepAfterMs: given.sleepAfter ?? downMs,
    shadow: given.shadow ?? [],
  };
  checkBounds(scale, given, path, report);
  checkThresholds(scale, given, path, report);
  checkWindows(scale, path, report);
  checkShadows(scale, path, report, given.policy === undefined);
  if (scale.policy === 'slo' && !given.slo) {
    report([...path, 'slo'], "is missing: policy 'slo' needs { latency: '300ms' }");
  }
  return scale;
}

// Private

/** The name of each rule as the user writes it and as the spec has it. */
const RULES = [
  ['cpu', 'cpu'],
  ['memory', 'memory'],
  ['latency', 'latencyMs'],
  ['eventLoopDelay', 'eventLoopDelayMs'],
  ['concurrency', 'concurrency'],
  ['rps', 'rps'],
  ['queued', 'queued'],
  ['backlog', 'backlog'],
] as const satisfies readonly (readonly [keyof GivenThresholds, keyof Thresholds])[];

function unlessOff(value: number | false): number | undefined {
  return value === false ? undefined : value;
}

function merged(defaults: Thresholds, given: GivenThresholds): Thresholds {
  return Object.fromEntries(
    RULES.flatMap(([written, resolved]) => {
      const value = given[written] ?? defaults[resolved] ?? false;
      return value === false ? [] : [[resolved, value]];
    }),
  );
}

function resolveTarget({ target }: GivenScale, defaultTarget: TargetSpec): TargetSpec {
  if (!target) return defaultTarget;
  const { latency, drainTime, ...rest } = target;
  return Object.fromEntries(
    Object.entries({ ...rest, latencyMs: latency, drainTimeMs: drainTime }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

function checkBounds({ min, max }: ScaleSpec, given: GivenScale, path: Path, report: Report): void {
  if (min <= max) return;
  const dependsOn = [
    [...path, 'min'],
    [...path, 'max'],
  ];
  const of = (value: number | 'cores' | undefined): string =>
    value === undefined ? ', the default' : value === 'cores' ? ', the cores of this machine' : '';
  if (given.max === undefined) {
    report([...path, 'min'], `must not be above max (${max}, the default)`, { dependsOn });
  } else {
    report([...path, 'max'], `must not be below min (${min}${of(given.min)})`, { dependsOn });
  }
}

function checkThresholds(
  { up, down }: ScaleSpec,
  given: GivenScale,
  path: Path,
  report: Report,
): void {
  for (const [written, resolved] of RULES) {
    const high = up[resolved];
    const low = down[resolved];
    if (high === undefined || low === undefined || low < high) continue;
    const upPath = [...path, 'up', written];
    const downPath = [...path, 'down', written];
    const own = given.down?.[written] !== undefined;
    const other = own ? given.up?.[written] : given.down?.[written];
    const value = `${amount(resolved, own ? high : low)}${other === undefined ? ', the default' : ''}`;
    report(
      own ? downPath : upPath,
      own ? `must be below up.${written} (${value})` : `must be above down.${written} (${value})`,
      { dependsOn: [upPath, downPath] },
    );
  }
}

function amount(rule: keyof Thresholds, value: number): string {
  if (rule === 'cpu' || rule === 'memory') return `${Number((value * 100).toFixed(2))}%`;
  return rule === 'latencyMs' || rule === 'eventLoopDelayMs'
    ? formatDuration(value)
    : String(value);
}

function checkWindows(
  { intervalMs, windowMs, burst }: ScaleSpec,
  path: Path,
  report: Report,
): void {
  const window = [...path, 'window'];
  if (windowMs < intervalMs) {
    report(window, `must not be shorter than interval (${formatDuration(intervalMs)})`, {
      dependsOn: [window, [...path, 'interval']],
    });
  }
  if (burst.windowMs > windowMs) {
    const at = [...path, 'burst', 'window'];
    report(at, `must not be longer than window (${formatDuration(windowMs)})`, {
      dependsOn: [window, at],
    });
  }
}
