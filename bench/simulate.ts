import { setTimeout as delay } from 'node:timers/promises';
import { CONTENDERS } from '../src/lab/backtest/contenders.ts';
import { createScaler } from '../src/lab/backtest/create-scaler.ts';
import { modelOf } from '../src/lab/backtest/model-of.ts';
import { durationMs } from '../src/lab/backtest/rate.ts';
import { replay } from '../src/lab/backtest/replay.ts';
import { SHIPPED_TRACES, shippedPath } from '../src/lab/backtest/shipped-traces.ts';
import { scaleNamed } from '../src/lab/backtest/tidegate-scale.ts';
import { readTraceFile } from '../src/lab/backtest/trace-reader.ts';
import { POLICIES } from '../src/spec/spec.ts';
import type { Trace } from '../src/lab/backtest/trace.ts';
import type { BenchOptions, BenchReport } from './support/report.ts';
import { spread } from './support/report.ts';

export const description = 'back-tests: what a tick costs, the model and the policy together';

const MOST_US = 5;
const TICK_MS = 1_000;

interface Cost {
  readonly name: string;
  readonly isOurs: boolean;
  readonly tickUs: number[];
}

/** Two weeks of the World Cup at one-second ticks, once a policy and round, on one core. */
export async function run({ signal, quick, say }: BenchOptions): Promise<BenchReport> {
  const trace = await worldCup(quick ? 1_440 : Infinity);
  const context = { model: modelOf(Math.max(...trace.rps), []), trace, tickMs: TICK_MS };
  const ticks = durationMs(trace) / TICK_MS;
  const costs = CONTENDERS.map(
    ({ name }): Cost => ({ name, isOurs: POLICIES.some((each) => each === name), tickUs: [] }),
  );
  const rounds = quick ? 2 : 3;
  for (let round = 1; round <= rounds; round++) {
    for (const { name, tickUs } of costs) {
      const rules = scaleNamed(name, null, context.model, null);
      const scaler = createScaler(name, null, context, rules);
      const before = process.cpuUsage();
      replay(trace, context.model, scaler, { seed: round });
      const { user, system } = process.cpuUsage(before);
      tickUs.push((user + system) / ticks);
      // Lets an interrupt through.
      await delay(0, undefined, { signal });
    }
    say(`round ${round} of ${rounds}`);
  }
  return {
    columns: ['policy', 'a tick, µs', 'two weeks, s'],
    rows: costs.map(({ name, tickUs }) => [
      name,
      spread(tickUs, 1),
      ((Math.min(...tickUs) * TWO_WEEKS_TICKS) / 1e6).toFixed(1),
    ]),
    checks: costs
      .filter(({ isOurs }) => isOurs)
      .map(({ name, tickUs }) => ({
        text: `a tick of ${name}, model included, takes at most ${MOST_US} µs (best round)`,
        measured: `${Math.min(...tickUs).toFixed(1)} µs`,
        met: Math.min(...tickUs) <= MOST_US,
      })),
    notes: [
      `The World Cup of 1998, 22 June to 5 July: ${ticks} ticks of one second, each policy as it comes, ${context.model.max} replicas at most.`,
      'Processor time of the whole process, garbage collection included; a machine that has other things to do makes it longer, hence the best round.',
    ],
    data: { ticks, costs },
  };
}

// Private

const TWO_WEEKS_TICKS = 14 * 86_400;

async function worldCup(steps: number): Promise<Trace> {
  const shipped = SHIPPED_TRACES.find(({ name }) => name === 'worldcup');
  if (!shipped) throw new Error('the trace of the World Cup does not come along any more');
  const { trace } = await readTraceFile(shippedPath(shipped), shipped.name);
  return { ...trace, rps: trace.rps.slice(0, steps) };
}
