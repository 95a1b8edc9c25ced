import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { EXIT, TidegateError, codeOf } from '../../kit/errors.ts';
import type { Spec } from '../../spec/spec.ts';
import type { Finding } from '../../doctor.ts';
import { loadConfig } from '../config-file.ts';
import { projectFolder } from '../project-folder.ts';
import type { CommonOptions, Io } from '../io.ts';
import { paint } from '../paint.ts';
import { layOut } from '../table.ts';

interface DoctorOptions extends CommonOptions {
  readonly install?: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command('doctor')
    .summary('say what the machine has and lacks, with the command to get it')
    .option('-c, --config <file>', 'the configuration file, whose ports are looked at too')
    .option('--install', 'bring what is lacking, where that needs no question')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  tidegate doctor')
    .action(async (options: DoctorOptions) => {
      const { examine, withoutMainCluster } = await import('../../doctor.ts');
      const spec = await configIfAny(options.config);
      const folder = projectFolder(options.config);
      let findings = await examine(spec, folder);
      if (options.install && findings.some(({ install }) => install)) {
        if (findings.some(({ install }) => install?.includes('postgresql'))) withoutMainCluster();
        bring(findings, io);
        findings = await examine(spec, folder);
      }
      if (options.json) io.out(JSON.stringify({ findings }));
      else print(findings, io);
      if (findings.some(({ state }) => state === 'lacking')) process.exitCode = EXIT.failed;
    });
}

// Private

const MARK = { ok: '✓', limited: '!', lacking: '✗' } as const;
const COLOUR = { ok: 'green', limited: 'yellow', lacking: 'red' } as const;

/** Without a configuration the machine alone is looked at; a broken one is an error as everywhere. */
async function configIfAny(path: string | undefined): Promise<Spec | null> {
  try {
    return (await loadConfig(path)).spec;
  } catch (thrown) {
    if (path === undefined && codeOf(thrown) === 'CONFIG_MISSING') return null;
    throw thrown;
  }
}

function print(findings: readonly Finding[], io: Io): void {
  const style = paint(io.colour);
  const rows = findings.map(({ name, state, found }) => [
    style[COLOUR[state]](MARK[state]),
    name,
    found,
  ]);
  for (const line of layOut(['', '', ''], rows).slice(1)) io.out(line);
  for (const { name, hint } of findings) if (hint) io.out(`→ ${name}: ${hint}`);
}

function bring(findings: readonly Finding[], io: Io): void {
  for (const { name, install } of findings) {
    const [command, ...args] = install ?? [];
    if (!command) continue;
    if (command === 'apt-get') run('apt-get', ['update', '-qq'], name, io);
    run(command, args, name, io);
  }
}

/** @throws TidegateError INSTALL_FAILED */
function run(command: string, args: readonly string[], name: string, io: Io): void {
  io.err(`${command} ${args.join(' ')}`);
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  throw new TidegateError('INSTALL_FAILED', `${name} could not be installed.`, {
    hint: `Run it yourself: sudo ${command} ${args.join(' ')}`,
    cause: error,
  });
}
