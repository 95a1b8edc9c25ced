import { EXIT } from '../../kit/errors.ts';
import { simulate as run } from '../../lab/backtest/simulate.ts';
import type { Simulation } from '../../lab/backtest/simulation.ts';
import type { Io } from '../io.ts';
import { firstAndSecondSignal } from '../lab-signals.ts';
import { judge } from './expectations.ts';
import { showProgress } from './progress.ts';
import { readTraces } from './read-traces.ts';
import type { ReadTraces } from './read-traces.ts';
import { serviceOf, knownOfService } from './service-of.ts';
import type { SimulateOptions } from './simulate-options.ts';
import { planSimulation } from './simulate-plan.ts';
import type { SimulatePlan } from './simulate-plan.ts';
import { tell } from './tell.ts';
import type { Told } from './tell.ts';

/** `tidegate simulate`: reads, replays, tells. Returns the exit code. */
export async function simulate(options: SimulateOptions, io: Io): Promise<number> {
  const plan = planSimulation(options, Date.now());
  const service = await serviceOf(options.config, options.service);
  const known = [...(service ? [knownOfService(service)] : []), plan.known];
  const progress = showProgress(options.json || !process.stderr.isTTY ? null : process.stderr);
  const signals = firstAndSecondSignal(() => undefined);
  signals.second.addEventListener('abort', () => {
    progress.close();
    signals.release();
    // An orderly exit would wait for a file that does not answer.
    process.kill(process.pid, 'SIGINT');
  });
  const { first: signal } = signals;
  let read: ReadTraces & Pick<Told, 'notes'>;
  let simulation: Simulation;
  try {
    read = await sourceOf(plan, { ...options, service: service?.name ?? options.service }, known, {
      signal,
      onProgress: progress.read,
    });
    simulation = await run(
      {
        ...plan,
        traces: read.traces,
        scale: service?.scale ?? null,
        wantsTimelines: plan.reports.length > 0,
      },
      { signal, onProgress: progress.show },
    );
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    progress.close();
    io.err('Interrupted: nothing is told, since half a comparison is none.');
    return EXIT.interrupted;
  } finally {
    progress.close();
    signals.release();
  }
  const claims = plan.expectations.map((each) => judge(each, simulation));
  const verdict = claims.every(({ met }) => met) ? EXIT.done : EXIT.unmet;
  // Whoever closes the pipe in the middle of the table has not met anything by that.
  process.exitCode = verdict;
  const isWritten = tell(
    { plan, simulation, claims, ...read, service: service?.name ?? null },
    options.json ?? false,
    io,
  );
  return isWritten || verdict === EXIT.unmet ? verdict : EXIT.failed;
}

// Private

async function sourceOf(
  { source, tickMs }: SimulatePlan,
  { config, service }: Pick<SimulateOptions, 'config'> & { readonly service: string | undefined },
  known: Parameters<typeof readTraces>[1],
  reading: Pick<Parameters<typeof readTraces>[2], 'signal' | 'onProgress'>,
): Promise<ReadTraces & Pick<Told, 'notes'>> {
  if (source.kind === 'files')
    return { ...(await readTraces(source.files, known, { ...reading, tickMs })), notes: [] };
  const { readHistory } = await import('./history.ts');
  return readHistory(source, {
    config: config || undefined,
    service: service ?? null,
    known,
    tickMs,
  });
}
