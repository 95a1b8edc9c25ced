import type { Command } from 'commander';
import { Option } from 'commander';
import { asRootWarning } from '../as-root.ts';
import { loadConfig } from '../config-file.ts';
import { upDetached } from '../detached.ts';
import type { CommonOptions, Io } from '../io.ts';
import { projectOptions } from '../project-options.ts';
import { refuseUnbuilt } from '../refuse-unbuilt.ts';
import { tasksNote } from '../tasks-note.ts';

interface UpOptions extends CommonOptions {
  readonly detach?: boolean;
  readonly keep?: boolean;
  readonly replace?: boolean;
  /** Set by `up -d` for the process it starts: nobody looks, errors are left as JSON. */
  readonly background?: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command('up')
    .summary('start the services and the gateway, and keep the right number of replicas')
    .description(
      'Starts everything the configuration names. In the foreground it shows what happens; Ctrl-C (or SIGTERM) drains ' +
        'and stops everything, a second one stops at once. With -d it goes on in the background and returns when every ' +
        'service has its minimum ready. What an earlier control plane left running, because it crashed or was told to, is ' +
        'gone on with, not started again.',
    )
    .option('-c, --config <file>', 'the configuration file')
    .option('-d, --detach', 'go on in the background')
    .option('--keep', 'SIGTERM ends the control plane alone: the gateway and the replicas go on')
    .option(
      '--replace',
      'take over from the control plane that runs, for an upgrade; nothing is interrupted',
    )
    .addOption(new Option('--background').hideHelp())
    .option('--json', 'events as NDJSON; with -d one object')
    .addHelpText('after', '\nExample:\n  tidegate up -d && tidegate status')
    .action(async (options: UpOptions) => {
      const loaded = await loadConfig(options.config);
      const { input, spec, path, unbuilt, warnings } = loaded;
      refuseUnbuilt(unbuilt);
      const asRoot = asRootWarning(spec, process.getuid?.() ?? -1);
      const all = asRoot === null ? warnings : [...warnings, asRoot];
      if (!options.background) {
        for (const warning of all) io.err(`warning: ${warning}`);
        const note = tasksNote(spec);
        if (note !== null) io.err(note);
      }
      const project = projectOptions({ input, spec }, loaded);
      const { keep = false, replace = false } = options;
      if (options.detach) {
        const flags = [...(keep ? ['--keep'] : []), ...(replace ? ['--replace'] : [])];
        const args = ['up', '-c', path, ...flags];
        await upDetached({ spec, args, replace, json: options.json === true }, io);
        return;
      }
      const show = options.background ? 'background' : options.json ? 'json' : 'words';
      const { runForeground } = await import('../foreground.ts');
      await runForeground({ ...project, replace, keep, show }, io);
    });
}
