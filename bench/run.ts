/** `npm run bench NAME`: runs `bench/NAME.ts`, prints its table, writes `bench/results/NAME.json`. No name: lists them. */
import { globSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/kit/errors.ts';
import { tableOf, type Benchmark } from './support/report.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const names = globSync('*.ts', { cwd: import.meta.dirname })
  .map((file) => basename(file, '.ts'))
  .filter((name) => name !== 'run' && !name.endsWith('.test'))
  .sort();

if (positionals.length === 0) {
  console.log('npm run bench NAME [-- --quick]\n');
  for (const name of names) console.log(`  ${name.padEnd(12)} ${(await load(name)).description}`);
} else {
  for (const name of positionals) {
    if (!names.includes(name)) {
      console.error(`There is no benchmark ${name}; there are: ${names.join(', ')}`);
      process.exit(2);
    }
  }
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interrupted.abort(new Error('interrupted')));
  }
  for (const name of positionals) {
    if (interrupted.signal.aborted) break;
    await runOne(name, interrupted.signal);
  }
  if (interrupted.signal.aborted) process.exitCode = 130;
}

// Private

async function load(name: string): Promise<Benchmark> {
  return (await import(join(import.meta.dirname, `${name}.ts`))) as Benchmark;
}

async function runOne(name: string, signal: AbortSignal): Promise<void> {
  const { description, run } = await load(name);
  console.log(`${name}: ${description}`);
  const say = (line: string): void => console.error(`  ${line}`);
  const at = new Date().toISOString();
  try {
    const report = await run({ signal, quick: values.quick, say });
    console.log(`\n${tableOf(report)}\n`);
    for (const { text, measured, met } of report.checks) {
      console.log(`${met ? 'met    ' : 'not met'}  ${text}: ${measured}`);
    }
    for (const note of report.notes) console.log(`- ${note}`);
    if (values.quick) console.log('- A quick run: rougher than what docs/benchmarks.md reports.');
    const machine = {
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      node: process.version,
    };
    const path = join(import.meta.dirname, 'results', `${name}.json`);
    writeFileSync(
      path,
      `${JSON.stringify({ name, at, quick: values.quick, machine, ...report }, null, 2)}\n`,
    );
    if (report.checks.some(({ met }) => !met)) process.exitCode = 1;
  } catch (thrown) {
    console.error(signal.aborted ? 'interrupted; everything was stopped' : messageOf(thrown));
    process.exitCode = 1;
  }
}
