import type { Command } from 'commander';
import { Option } from 'commander';
import { availableParallelism, totalmem } from 'node:os';
import { EXIT, TidegateError, codeOf } from '../../kit/errors.ts';
import { resolveSpec } from '../../spec/resolve.ts';
import { unbuiltKeys } from '../../spec/unbuilt.ts';
import { invalidConfig } from '../config-errors.ts';
import { runForeground } from '../foreground.ts';
import type { CommonOptions, Io } from '../io.ts';
import { projectOptions } from '../project-options.ts';
import { refuseUnbuilt } from '../refuse-unbuilt.ts';

interface RunOptions extends CommonOptions {
  readonly name: string;
  readonly min?: string;
  readonly max?: string;
  readonly port?: string;
  readonly adminPort?: string;
  readonly policy?: string;
  readonly health?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command('run')
    .summary('run one command as a service, without a configuration file')
    .description(
      'Runs COMMAND behind the gateway and keeps as many replicas as the load needs. The command listens on $PORT, which ' +
        'stands in its environment and is filled in where $PORT stands in its arguments. State goes to .tidegate/ in the ' +
        'current folder, where the other commands find it.',
    )
    .argument('<command...>', 'what to run, behind --')
    .option('--name <name>', 'the name of the service', 'app')
    .option('--min <n>', 'the fewest replicas')
    .option('--max <n>', 'the most replicas')
    .option('--port <port>', 'the port of the gateway (default: 8080)')
    .option('--admin-port <port>', 'the port of the API and the dashboard (default: 8081)')
    .addOption(
      new Option('--policy <name>', 'what decides the count (default: linear)').choices([
        'linear',
        'exponential',
        'target',
      ]),
    )
    .option(
      '--health <path>',
      'a path that answers 2xx or 3xx when healthy (default: the port opens)',
    )
    .option('--json', 'events as NDJSON')
    .addHelpText(
      'after',
      "\nExample:\n  tidegate run --max 4 -- node server.js\n  tidegate run -- python3 -m http.server '$PORT'",
    )
    .action(async (command: string[], options: RunOptions) => {
      const config = configOf(command, options);
      const resolved = resolveSpec(config, {
        folder: process.cwd(),
        machine: { cores: availableParallelism(), memoryBytes: totalmem() },
      });
      if (!resolved.ok) throw invalidConfig('the command line', resolved.problems);
      refuseUnbuilt(unbuiltKeys(config));
      const project = projectOptions({ input: config, spec: resolved.spec }, null);
      const show = options.json ? 'json' : 'words';
      await runForeground({ ...project, replace: false, keep: false, show }, io).catch(inOptions);
    });
}

// Private

/** The configuration that says the same as the command line. */
function configOf(command: readonly string[], options: RunOptions): object {
  const scale = {
    ...(options.min === undefined ? {} : { min: count('--min', options.min) }),
    ...(options.max === undefined ? {} : { max: count('--max', options.max) }),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  };
  return {
    ...(options.port === undefined ? {} : { gateway: { port: count('--port', options.port) } }),
    ...(options.adminPort === undefined
      ? {}
      : { admin: { port: count('--admin-port', options.adminPort) } }),
    services: {
      [options.name]: {
        command: [...command],
        ...(options.health === undefined ? {} : { health: { path: options.health } }),
        ...(Object.keys(scale).length > 0 ? { scale } : {}),
      },
    },
  };
}

/** What `run` was not given in a file cannot be mended in one: the hint names the option. */
function inOptions(thrown: unknown): never {
  if (!(thrown instanceof TidegateError) || codeOf(thrown) !== 'PORT_TAKEN') throw thrown;
  const taken = (thrown.facts['taken'] ?? []) as readonly { readonly key: string }[];
  const options = taken.map(({ key }) => (key === 'admin.port' ? '--admin-port' : '--port'));
  throw new TidegateError(thrown.code, thrown.message, {
    hint:
      options.length > 1
        ? `stop what listens there, or choose other ports with ${options.join(' and ')}`
        : `stop that program, or choose another port with ${options.join('')}`,
    cause: thrown.cause,
    facts: thrown.facts,
  });
}

/** @throws TidegateError NOT_A_NUMBER */
function count(option: string, text: string): number | string {
  if (text === 'cores') return text;
  if (/^\d+$/.test(text)) return Number(text);
  throw new TidegateError(
    'NOT_A_NUMBER',
    `${option} takes a whole number, not ${JSON.stringify(text)}.`,
    {
      hint: 'See `tidegate run --help`.',
      exitCode: EXIT.usage,
    },
  );
}
