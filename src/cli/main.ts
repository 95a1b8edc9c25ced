import { Command, CommanderError } from 'commander';
import { EXIT, TidegateError } from '../kit/errors.ts';
import { VERSION } from '../kit/version.ts';
import type { Io } from './io.ts';
import { processIo, reportError } from './io.ts';

/** Only the one that is asked for is loaded: all of them take twice as long to start. Help lists them in this order. */
const COMMANDS = [
  'init',
  'import',
  'install',
  'uninstall',
  'run',
  'up',
  'down',
  'status',
  'ps',
  'logs',
  'dashboard',
  'scale',
  'pause',
  'resume',
  'purge',
  'deploy',
  'rollback',
  'restart',
  'task',
  'database',
  'simulate',
  'load',
  'lab',
  'explain',
  'config',
  'render',
  'doctor',
];

interface CommandModule {
  register(program: Command, io: Io): unknown;
}

/** Behind `--` stands the user's own command, whose options are none of ours. */
const argv = process.argv.slice(2);
const json = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined).includes('--json');
const program = new Command('tidegate')
  .description(
    'Runs your services behind a gateway and keeps exactly as many replicas as the load needs.',
  )
  .version(VERSION)
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ writeErr: (text) => void (json || process.stderr.write(text)) });

// `tidegate logs | head`: whoever read has had enough, which is no error. A verdict stands without a reader, too.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? EXIT.done);
});
// Nobody is left to be told.
process.stderr.on('error', () => undefined);

try {
  for (const name of COMMANDS.includes(argv[0] as string) ? [argv[0]] : COMMANDS) {
    const { register } = (await import(
      `./commands/${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`
    )) as CommandModule;
    register(program, processIo);
  }
  for (const command of program.commands) command.exitOverride();
  // Whoever names no command wants to know which there are: no error, as commander has it.
  if (argv.length === 0) program.outputHelp();
  else await program.parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    // Help and version were asked for; all else commander throws is a command line it cannot read.
    const asked = thrown.exitCode === 0;
    if (!asked && json) reportError(unreadable(thrown), true, processIo);
    process.exitCode = asked ? EXIT.done : EXIT.usage;
  } else {
    process.exitCode = reportError(thrown, json, processIo);
  }
}

// Private

/** Without `--json` commander has said it already. */
function unreadable({ message }: CommanderError): TidegateError {
  return new TidegateError('USAGE', message.replace(/^error: /, ''), {
    hint: 'See `tidegate --help`.',
    exitCode: EXIT.usage,
  });
}
