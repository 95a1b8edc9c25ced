/** `npm run check`: types, lint, format, unused code, side by side; the output of each that fails. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const bin = (name: string): string => join(import.meta.dirname, '../node_modules/.bin', name);

const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', bin('tsc'), '-p', '.'],
  ['lint', bin('oxlint'), '--type-aware', '--deny-warnings'],
  ['format', bin('biome'), 'format', '.'],
  ['unused', bin('knip'), '--no-progress'],
  ['rooms', process.execPath, '--test', '--test-reporter=dot', 'test/architecture.test.ts'],
];

function run([name, command, ...args]: (typeof CHECKS)[number]): Promise<boolean> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => (output += error.message));
    child.on('close', (code) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'failed'} ${name} (${seconds} s)`);
      if (code !== 0) console.log(output.trimEnd());
      resolve(code === 0);
    });
  });
}

const passed = await Promise.all(CHECKS.map(run));
process.exitCode = passed.every(Boolean) ? 0 : 1;
