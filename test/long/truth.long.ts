/**
 * Is a back-test true? A service runs live under a scripted load, once with each policy; the same is replayed, once from
 * what was known beforehand and once from what the project recorded, as `tidegate simulate --from-history` does.
 */
import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import { test } from 'node:test';
import { traceOfHistory } from '../../src/lab/backtest/history-trace.ts';
import { learnModel } from '../../src/lab/backtest/learned-model.ts';
import { modelOf } from '../../src/lab/backtest/model-of.ts';
import type { Trace } from '../../src/lab/backtest/trace.ts';
import type { PolicyName } from '../../src/spec/spec.ts';
import type { Figures } from '../support/truth/figures.ts';
import { runLive } from '../support/truth/live.ts';
import type { Live } from '../support/truth/live.ts';
import { runReplayed } from '../support/truth/replayed.ts';
import { intendedTrace, PHASES, SCRIPT_S } from '../support/truth/script.ts';
import { TOLD } from '../support/truth/service.ts';
import { tableLines, worstPhase } from '../support/truth/table.ts';
import type { Column } from '../support/truth/table.ts';

/** Of the replica-seconds. */
const MOST_OFF = 0.2;

/** Whatever came before, there are many more replicas than it needs. */
const LULL = PHASES.findIndex(({ name }) => name === 'lull');

for (const policy of ['target', 'slo'] as const) {
  test(`what a replay says of ${policy} is what a live service does under the same load`, async (t) => {
    const live = await runLive(policy, t.signal);
    const measured = live.figures;
    const { requests } = measured;
    t.diagnostic(
      `${policy}: ${requests} requests in ${SCRIPT_S} s, failed: ${JSON.stringify(live.errors)}, decisions bound by the machine: ${live.boundByHost}`,
    );
    const busy = (loadavg()[1] ?? 0) / availableParallelism();
    t.diagnostic(
      `processes that wanted a core, for each there is: ${busy.toFixed(1)}; above 0.7 what is measured is the machine's`,
    );
    t.diagnostic(
      `where nothing waited the gateway measured a p95 of ${live.calmP95Ms.toFixed(0)} ms, in the lull the client ${measured.phases[LULL]?.p95Ms.toFixed(0)} ms: what lies between is in no model`,
    );
    for (const warning of live.warnings) t.diagnostic(warning);

    const told: Column = {
      title: 'from what is known',
      figures: runReplayed(policy, intendedTrace(), TOLD),
    };
    const recorded = fromHistory(policy, live);
    for (const line of recorded.words) t.diagnostic(line);
    const columns = [told, recorded.column];
    for (const line of tableLines(measured, columns)) t.diagnostic(line);
    for (const column of columns) t.diagnostic(worstPhase(measured, column));

    assert.ok(requests > 15_000 && measured.p95Ms > TOLD.serviceMs, 'it was measured');
    assert.ok(measured.peakReplicas > 2 * TOLD.min, 'it scaled');
    assert.ok(Math.abs(told.figures.requests / requests - 1) < 0.02, 'the same load');
    const off = (figures: Figures): number =>
      Math.abs(figures.replicaSeconds / measured.replicaSeconds - 1);
    assert.ok(off(told.figures) <= MOST_OFF, 'replica-seconds, from what is known');
    assert.ok(off(recorded.column.figures) <= MOST_OFF, 'replica-seconds, from history');
  });
}

// Private

function fromHistory(
  policy: PolicyName,
  { samples, startsMs }: Live,
): { readonly column: Column; readonly words: readonly string[] } {
  const found = traceOfHistory('history', samples);
  assert.ok(found, 'it was recorded');
  const { known, words } = learnModel({ samples, stepMs: found.trace.stepMs, startsMs });
  const { concurrency, sloMs, min, max } = TOLD;
  const trace = asLongAsTheScript(found.trace);
  // What stands in the configuration; all else was learned or is supposed.
  const model = modelOf(Math.max(...trace.rps), [known, { concurrency, sloMs, min, max }]);
  const figures = runReplayed(policy, trace, model);
  return { column: { title: 'from history', figures }, words };
}

/** The last answers came a moment after the last second of the script. */
function asLongAsTheScript({ name, stepMs, rps }: Trace): Trace {
  assert.equal(stepMs, 1_000);
  const at = (second: number): number => rps[Math.min(second, rps.length - 1)] as number;
  return { name, stepMs, rps: Float64Array.from({ length: SCRIPT_S }, (_, second) => at(second)) };
}
