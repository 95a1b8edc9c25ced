import type { Command } from 'commander';
import { EXIT } from '../../kit/errors.ts';
import type { Lab } from '../../lab/labs/lab.ts';
import type { LabResult } from '../../lab/labs/run-lab.ts';
import { usage } from '../errors.ts';
import type { Io } from '../io.ts';
import { firstAndSecondSignal } from '../lab-signals.ts';
import { listLines, resultLines, summaryLines } from '../lab-text.ts';
import { paint } from '../paint.ts';

interface LabOptions {
  readonly list?: boolean;
  readonly report?: string;
  readonly json?: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command('lab')
    .summary('run experiments: a service, a load, and what was said of it beforehand')
    .description(
      'Each lab starts services of its own on free ports, loads them, measures, and holds what was claimed against what it ' +
        'found. Everything it started is ended, also at Ctrl-C. Exits 99 when a claim is not met, 1 when a lab could not be ' +
        'run to its end.',
    )
    .argument('[name]', 'which lab, or all')
    .option('--list', 'which there are, and about how long each takes')
    .option('--report <dir>', 'write a page and its data for each lab there, and an index.html')
    .option('--json', 'one object')
    .addHelpText('after', '\nExample:\n  tidegate lab all --report labs')
    .action(async (name: string | undefined, options: LabOptions) => {
      const { LABS, chosenLabs } = await import('../../lab/labs/labs.ts');
      if (options.list) {
        if (options.json) io.out(JSON.stringify({ labs: LABS.map(listed) }));
        else for (const line of listLines(LABS, io)) io.out(line);
        return;
      }
      if (name === undefined) {
        throw usage(
          'LAB_UNNAMED',
          'Say which lab.',
          'See which there are: tidegate lab --list; `tidegate lab all` runs them all.',
        );
      }
      process.exitCode = await runAll(chosenLabs(name), name === 'all', options, io);
    });
}

// Private

function listed({ name, title, aboutS, needs = [] }: Lab): object {
  return { name, title, aboutS, needs };
}

/** One after the other, also past those that fail. Tells the exit code. */
async function runAll(
  labs: readonly Lab[],
  isAll: boolean,
  { report, json = false }: LabOptions,
  io: Io,
): Promise<number> {
  const [
    { runLab },
    { findOrphans },
    { removeCommand },
    { openReports },
    { clientsAtOnce, lackingServer },
  ] = await Promise.all([
    import('../../lab/labs/run-lab.ts'),
    import('../../lab/labs/lab-folder.ts'),
    import('../../lab/labs/errors.ts'),
    import('../../lab/labs/write-reports.ts'),
    import('../../doctor.ts'),
  ]);
  for (const folder of findOrphans()) {
    io.err(
      `warning: a lab was killed and may have left something running: ${removeCommand(folder)}`,
    );
  }
  const reports = report === undefined ? null : openReports(report);
  const signals = firstAndSecondSignal(() =>
    io.err('Ending the lab and what it started; once more to hurry.'),
  );
  const style = paint(io.colour);
  const results: LabResult[] = [];
  try {
    for (const lab of labs) {
      if (signals.first.aborted) break;
      const startedAt = performance.now();
      if (!json) io.out(`${style.bold(lab.name)}  ${lab.title} (about ${lab.aboutS} s)`);
      const result = await runLab(lab, {
        signal: signals.first,
        hurry: signals.second,
        mostClients: clientsAtOnce(),
        lacking: lackingServer,
        say(line) {
          const atS = Math.round((performance.now() - startedAt) / 1000);
          io.err(style.dim(`${String(atS).padStart(4)} s  ${line}`));
        },
      });
      results.push(result);
      reports?.write(result);
      if (isAll) reports?.writeIndex(results);
      if (!json) for (const line of resultLines(result, io)) io.out(line);
    }
  } finally {
    signals.release();
  }
  const code = exitCodeOf(results, signals.first.aborted);
  // It stands, too, where the reader goes in the middle of what is printed.
  process.exitCode = code;
  if (json) io.out(JSON.stringify(isAll ? allOf(results, labs) : results[0]));
  else if (isAll) for (const line of summaryLines(results, labs.length, io)) io.out(line);
  const problem = reports?.problem ?? null;
  if (problem !== null) io.err(problem);
  else if (reports) io.err(isAll ? reports.index : reports.pageOf(labs[0]?.name ?? ''));
  return problem !== null && code === EXIT.done ? EXIT.failed : code;
}

function allOf(results: readonly LabResult[], labs: readonly Lab[]): object {
  return {
    passed: results.length === labs.length && results.every(({ passed }) => passed),
    labs: results,
  };
}

function exitCodeOf(results: readonly LabResult[], interrupted: boolean): number {
  if (interrupted) return EXIT.interrupted;
  if (results.some(({ state }) => state === 'broken')) return EXIT.failed;
  return results.every(({ passed }) => passed) ? EXIT.done : EXIT.unmet;
}
