import type { Command } from 'commander';
import { EXIT, TidegateError } from '../../kit/errors.ts';
import { loadConfig } from '../config-file.ts';
import type { CommonOptions, Io } from '../io.ts';
import { shownSpec } from '../shown-spec.ts';

const LATER = ['prometheus', 'grafana', 'stack'];

export function register(program: Command, io: Io): void {
  program
    .command('render')
    .summary('print what would be applied')
    .argument('<what>', 'haproxy')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object with the text of every file')
    .addHelpText('after', '\nExample:\n  tidegate render haproxy')
    .action(async (what: string, options: CommonOptions) => {
      if (what !== 'haproxy') throw cannotRender(what);
      const { spec } = await loadConfig(options.config);
      const { renderGateway } = await import('../../offline.ts');
      // What is printed is pasted elsewhere: like `config show`, without what looks like a secret.
      const rendered = renderGateway(shownSpec(spec));
      io.out(options.json ? JSON.stringify(rendered) : rendered.config.trimEnd());
    });
}

// Private

function cannotRender(what: string): TidegateError {
  return LATER.includes(what)
    ? new TidegateError('NOT_IN_THIS_VERSION', `render ${what} is not in this version.`, {
        exitCode: EXIT.usage,
      })
    : new TidegateError('UNKNOWN_TARGET', `Cannot render ${JSON.stringify(what)}.`, {
        hint: 'This version renders: haproxy.',
        exitCode: EXIT.usage,
      });
}
