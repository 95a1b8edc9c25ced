import type { Command } from 'commander';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from '../../kit/errors.ts';
import type { NotCarried } from '../import/draft.ts';
import { importEmpty, importExists, importNotWritten, outputKind } from '../import/errors.ts';
import { settle } from '../import/settle.ts';
import type { Settled } from '../import/settle.ts';
import { renderConfig } from '../import/render.ts';
import type { Io } from '../io.ts';

interface ImportOptions {
  readonly output?: string;
  readonly env?: string;
  readonly print?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command('import')
    .summary('write a configuration from a Procfile, a PM2 or a Compose file')
    .description(
      'Turns a Procfile, a PM2 ecosystem file (.js, .cjs, .mjs, .json, .yml) or a Compose file into a tidegate.config.ts ' +
        'beside it, and names everything that could not be carried over. A script is run to read it. Nothing is started.',
    )
    .argument('<file>', 'the file to read')
    .option('-o, --output <file>', 'the file to write (default: tidegate.config.ts beside it)')
    .option('--env <name>', 'of a PM2 file: take env_NAME over env')
    .option('--print', 'show the configuration, write nothing')
    .option('--force', 'overwrite the file')
    .option('--json', 'one object')
    .addHelpText('after', '\nExample:\n  tidegate import docker-compose.yml --print')
    .action(async (file: string, options: ImportOptions) => {
      const { readSource } = await import('../import/read-source.ts');
      const from = resolve(file);
      const path = resolve(options.output ?? join(dirname(from), 'tidegate.config.ts'));
      if (!/\.(?:ts|mts|js|mjs)$/.test(path)) throw outputKind(path);
      const lost: NotCarried[] = [];
      const source = await readSource(from, { env: options.env }, (at, why) => {
        lost.push({ path: at, why });
      });
      if (source.draft.services.length === 0) throw importEmpty(from, lost);
      const settled = settle(source.draft, lost, {
        from: dirname(from),
        to: dirname(path),
        machine: { cores: availableParallelism(), memoryBytes: totalmem() },
      });
      const text = renderConfig(settled, basename(from));
      if (!options.print) write(path, text, source.mode, options.force === true);
      if (options.json) {
        io.out(
          JSON.stringify(
            told({ settled, text, path, format: source.format, printed: options.print === true }),
          ),
        );
      } else if (options.print) io.out(text.trimEnd());
      else tell(settled, path, io);
    });
}

// Private

interface Told {
  readonly settled: Settled;
  readonly text: string;
  readonly path: string;
  readonly format: string;
  readonly printed: boolean;
}

function told({
  settled: { config, notCarried, toMend },
  text,
  path,
  format,
  printed,
}: Told): object {
  return {
    file: path,
    written: !printed,
    format,
    services: Object.keys(config.services),
    notCarried: [...toMend, ...notCarried],
    // False: `up` would refuse it until what `notCarried` begins with is mended.
    startable: toMend.length === 0,
    text,
  };
}

/** @throws TidegateError FILE_EXISTS, CONFIG_NOT_WRITTEN */
function write(path: string, text: string, mode: number, force: boolean): void {
  const target = force ? `${path}.${process.pid}` : path;
  try {
    writeFileSync(target, text, { flag: 'wx', mode: mode & 0o666 });
    if (force) renameSync(target, path);
  } catch (cause) {
    if (!force && codeOf(cause) === 'EEXIST') throw importExists(path);
    if (force) rmSync(target, { force: true });
    throw importNotWritten(path, cause);
  }
}

function tell({ config, notCarried, toMend }: Settled, path: string, io: Io): void {
  io.out(`wrote ${path}: ${Object.keys(config.services).join(', ')}`);
  const list = (title: string, all: readonly NotCarried[]): void => {
    if (all.length > 0) io.out(title);
    for (const each of all) io.out(`  ${each.path}: ${each.why}`);
  };
  list('Not carried over:', notCarried);
  list('To be mended before `tidegate up` takes it:', toMend);
  io.out(
    'The same stands in the file as comments. Next: look through it, then `tidegate config check`.',
  );
}
