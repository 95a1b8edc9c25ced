import type { Command } from 'commander';
import { EXIT } from '../../kit/errors.ts';
import { humanDuration } from '../../kit/duration.ts';
import { projectFolder } from '../project-folder.ts';
import type { CommonOptions, Io } from '../io.ts';

export function register(program: Command, io: Io): void {
  program
    .command('down')
    .summary('drain and stop everything')
    .description(
      'Lets the gateway finish what it has, then ends every replica. Nothing is left but logs and state. ' +
        'Ctrl-C stops at once.',
    )
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  tidegate down')
    .action(async (options: CommonOptions) => {
      const { endProject } = await import('../../end-project.ts');
      const hurry = new AbortController();
      process.once('SIGINT', () => hurry.abort());
      const ended = await endProject(projectFolder(options.config), {
        hurry: hurry.signal,
        onWait: (waitedMs) => {
          if (!options.json) io.err(`draining… ${humanDuration(waitedMs)}`);
        },
      });
      const { stopped, unproven } = ended.leftovers;
      if (options.json) io.out(JSON.stringify(ended));
      else if (ended.kind === 'stopped') io.out(`Stopped after ${humanDuration(ended.tookMs)}.`);
      else {
        io.out(
          stopped.length > 0
            ? `It was not running; ended what was left: ${stopped.join(', ')}.`
            : 'It was not running.',
        );
      }
      if (!options.json)
        for (const each of unproven) io.err(`left running, cannot be proved ours: ${each}`);
      process.exitCode = hurry.signal.aborted ? EXIT.interrupted : EXIT.done;
    });
}
