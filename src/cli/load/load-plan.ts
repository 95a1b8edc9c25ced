import { humanDuration } from '../../kit/duration.ts';
import { parseStages, parseUserStages } from '../../lab/load/parse-stages.ts';
import { checkStages, durationS } from '../../lab/load/profile.ts';
import type { Stage } from '../../lab/load/profile.ts';
import { createTarget, parseAddress } from '../../lab/load/target.ts';
import type { Target } from '../../lab/load/target.ts';
import { readTrace } from '../../lab/load/trace.ts';
import { parseUrls } from '../../lab/load/urls.ts';
import { checkUserStages, steadyUsers } from '../../lab/load/users-profile.ts';
import type { UserStage } from '../../lab/load/users-profile.ts';
import { createMistakes } from '../mistakes.ts';
import type { Mistakes } from '../mistakes.ts';
import { parseExpectation } from './expectations.ts';
import type { Expectation } from './expectations.ts';
import { conflictsIn } from './load-options.ts';
import type { LoadOptions } from './load-options.ts';
import { badOption, fileOf, numberOf, spanOf, wholeOf } from './option-values.ts';
import { checkReportPath } from './report-files.ts';

export interface LoadPlan {
  readonly target: Target;
  readonly loop:
    | { readonly kind: 'open'; readonly stages: readonly Stage[] }
    | { readonly kind: 'closed'; readonly stages: readonly UserStage[]; readonly thinkMs: number };
  readonly maxRequests: number | null;
  /** How long to wait before it for somebody to listen. */
  readonly waitMs: number;
  /** How long it is to take. */
  readonly durationS: number;
  /** In words: `open loop, 200 requests a second for 1 min`. */
  readonly asked: string;
  readonly expectations: readonly Expectation[];
  readonly reports: readonly string[];
}

/** What the options ask for. @throws TidegateError with every mistake at once; a single one keeps its own code */
export function planLoad(url: string, options: LoadOptions): LoadPlan {
  const mistakes = createMistakes();
  const { attempt } = mistakes;
  for (const problem of conflictsIn(options)) mistakes.add(badOption(problem));
  const target = attempt(() => targetOf(url, options, attempt));
  const loop = attempt(() => loopOf(options, attempt));
  const maxRequests = attempt(() =>
    options.maxRequests === undefined ? null : wholeOf('--max-requests', options.maxRequests),
  );
  const waitMs = attempt(() => (options.wait === undefined ? 0 : spanOf('--wait', options.wait)));
  const expectations = options.expect.flatMap((text) => {
    const expectation = parseExpectation(text);
    if (typeof expectation !== 'string') return [expectation];
    mistakes.add(badOption(`--expect ${expectation}`));
    return [];
  });
  for (const path of options.report) attempt(() => checkReportPath(path));
  if (!target || !loop || waitMs === null || mistakes.any)
    throw mistakes.all('No load was sent', 'See `tidegate load --help` and docs/load.md.');
  return { ...loop, target, maxRequests, waitMs, expectations, reports: options.report };
}

// Private

type Attempt = Mistakes['attempt'];

function targetOf(url: string, options: LoadOptions, attempt: Attempt): Target {
  const { header, body, bodyFile, urls, timeout, allowRemote = false } = options;
  const base = parseAddress(url);
  const headers = attempt(() => headersOf(header));
  const sent = bodyFile === undefined ? body : attempt(() => fileOf('--body-file', bodyFile));
  const lines =
    urls === undefined
      ? undefined
      : attempt(() => parseUrls(fileOf('--urls', urls).toString('utf8'), base));
  const timeoutMs = attempt(() => (timeout === undefined ? 30_000 : spanOf('--timeout', timeout)));
  const method = options.method?.toUpperCase() ?? (sent === undefined ? 'GET' : 'POST');
  return createTarget(url, {
    method,
    ...(headers ? { headers } : {}),
    ...(sent === undefined || sent === null ? {} : { body: sent }),
    ...(lines ? { urls: lines } : {}),
    ...(timeoutMs === null ? {} : { timeoutMs }),
    allowRemote,
  });
}

function headersOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  const seen = new Set<string>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:\s]+)\s*:\s*(.*)$/.exec(line) ?? [];
    if (name === '') throw badOption(`--header '${line}' is not 'name: value'`);
    if (seen.has(name.toLowerCase())) throw badOption(`--header ${name} is there twice`);
    seen.add(name.toLowerCase());
    headers.set(name, value);
  }
  return Object.fromEntries(headers);
}

type Loop = Pick<LoadPlan, 'loop' | 'durationS' | 'asked'>;

function loopOf(options: LoadOptions, attempt: Attempt): Loop {
  const { rate, users, stages, trace } = options;
  if (trace !== undefined) return traceLoop(trace, options);
  const span = attempt(() => spanOf('--duration', options.duration ?? '10s')) ?? 10_000;
  const forText = `for ${humanDuration(span)}`;
  if (rate !== undefined || (stages !== undefined && users === undefined)) {
    const rps = rate === undefined ? 0 : numberOf('--rate', rate);
    const profile =
      stages === undefined
        ? checkStages([
            { atS: 0, rps },
            { atS: span / 1000, rps },
          ])
        : parseStages(stages, rps);
    const words =
      stages === undefined ? `${rps} requests a second ${forText}` : `rates by stages ${stages}`;
    return {
      loop: { kind: 'open', stages: profile },
      durationS: durationS(profile),
      asked: `Open loop, ${words}`,
    };
  }
  const count = users === undefined ? 10 : wholeOf('--users', users);
  const thinkMs =
    attempt(() => (options.think === undefined ? 0 : spanOf('--think', options.think))) ?? 0;
  const rampMs =
    attempt(() => (options.ramp === undefined ? count / 2 : spanOf('--ramp', options.ramp))) ?? 0;
  const profile =
    stages === undefined
      ? checkUserStages(steadyUsers(count, span / 1000, rampMs))
      : parseUserStages(stages, count);
  const words = stages === undefined ? `${count} users ${forText}` : `users by stages ${stages}`;
  return {
    loop: { kind: 'closed', stages: profile, thinkMs },
    durationS: profile.at(-1)?.atS ?? 0,
    asked: `Closed loop, ${words}`,
  };
}

function traceLoop(path: string, { speed, multiply }: LoadOptions): Loop {
  const stages = readTrace(fileOf('--trace', path).toString('utf8'), {
    ...(speed === undefined ? {} : { speed: numberOf('--speed', speed) }),
    ...(multiply === undefined ? {} : { multiply: numberOf('--multiply', multiply) }),
  });
  const how = [
    ...(speed === undefined ? [] : [`${speed} times as fast`]),
    ...(multiply === undefined ? [] : [`rates times ${multiply}`]),
  ];
  return {
    loop: { kind: 'open', stages },
    durationS: durationS(stages),
    asked: `Open loop, the trace ${[path, ...how].join(', ')}`,
  };
}
