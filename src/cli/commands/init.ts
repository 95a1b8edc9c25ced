import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, TidegateError, codeOf } from '../../kit/errors.ts';
import type { CommonOptions, Io } from '../io.ts';
import { STARTER } from '../starter.ts';

export function register(program: Command, io: Io): void {
  program
    .command('init')
    .summary('write a commented starter configuration')
    .description('Writes tidegate.config.ts into the current folder. It never overwrites a file.')
    .option('-c, --config <file>', 'the file to write', 'tidegate.config.ts')
    .option('--json', 'one object')
    .addHelpText('after', '\nExample:\n  tidegate init && tidegate config check')
    .action(({ config = 'tidegate.config.ts', json }: CommonOptions) => {
      const path = resolve(config);
      write(path);
      if (json) {
        io.out(JSON.stringify({ path }));
        return;
      }
      io.out(`wrote ${path}`);
      io.out('Next: put your command into it, then run `tidegate up`.');
    });
}

// Private

/** @throws TidegateError FILE_EXISTS, CONFIG_NOT_WRITTEN, INIT_KIND */
function write(path: string): void {
  if (!/\.(?:ts|js|mjs)$/.test(path)) {
    throw new TidegateError(
      'INIT_KIND',
      `${path} is no script: the starter has comments and code.`,
      {
        hint: 'Name a file that ends in .ts, .js or .mjs.',
        exitCode: EXIT.usage,
      },
    );
  }
  try {
    writeFileSync(path, STARTER, { flag: 'wx' });
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') {
      throw new TidegateError('FILE_EXISTS', `${path} is there already; it was left alone.`, {
        hint: 'Take it away first, or name another file with -c FILE.',
        exitCode: EXIT.usage,
      });
    }
    throw new TidegateError('CONFIG_NOT_WRITTEN', `${path} cannot be written`, { cause });
  }
}
