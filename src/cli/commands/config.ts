import type { Command } from 'commander';
import { EXIT, TidegateError } from '../../kit/errors.ts';
import type { MaterialCheck } from '../../offline.ts';
import { loadConfig, readSecret } from '../config-file.ts';
import type { LoadedConfig } from '../config-file.ts';
import type { CommonOptions, Io } from '../io.ts';
import { shownSpec } from '../shown-spec.ts';
import { specText } from '../spec-text.ts';

export function register(program: Command, io: Io): void {
  const config = program
    .command('config')
    .summary('check the configuration, or show it with every default filled in')
    .action(() => {
      throw new TidegateError('USAGE', 'Say what to do with the configuration: check or show.', {
        hint: 'See `tidegate config --help`.',
        exitCode: EXIT.usage,
      });
    });
  config
    .command('check')
    .summary('say all that is wrong, exit 2 when something is')
    .description(
      'Checks the whole configuration and starts nothing. Warnings and keys that are not in this version are listed too.',
    )
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one object')
    .addHelpText('after', '\nExample:\n  tidegate config check -c tidegate.config.ts')
    .action(async (options: CommonOptions) => {
      const loaded = await withMaterial(await loadConfig(options.config));
      if (options.json) io.out(JSON.stringify(checked(loaded)));
      else tell(loaded, io);
    });
  config
    .command('show')
    .summary('print the configuration as it is understood')
    .description(
      'Prints every key with its default filled in. Secrets are shown by name, never by value.',
    )
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one object, durations in ms, sizes in bytes')
    .addHelpText('after', '\nExample:\n  tidegate config show --json')
    .action(async (options: CommonOptions) => {
      const { spec } = await loadConfig(options.config);
      io.out(options.json ? JSON.stringify(shownSpec(spec)) : specText(spec));
    });
}

// Private

interface Checked extends LoadedConfig {
  readonly refused: MaterialCheck['refused'];
}

/** Only a start refuses what files hold: a configuration may be checked where they are not. */
async function withMaterial(loaded: LoadedConfig): Promise<Checked> {
  const { tls, jwt } = loaded.spec.gateway;
  if (!tls && Object.keys(jwt).length === 0) return { ...loaded, refused: { up: [], deploy: [] } };
  const { checkMaterial } = await import('../../offline.ts');
  const wrong = checkMaterial(loaded.spec, (secret) => readSecret(secret, loaded.set));
  return { ...loaded, warnings: [...loaded.warnings, ...wrong.warnings], refused: wrong.refused };
}

function checked({ spec, path, warnings, unbuilt, refused }: Checked): object {
  return {
    ok: true,
    // Right, and yet `up` refuses what this version does not build, and keys that are not to be had here.
    startable: unbuilt.length === 0 && refused.up.length === 0,
    path,
    name: spec.name,
    services: Object.keys(spec.services),
    warnings,
    unbuilt,
  };
}

function tell({ path, warnings, unbuilt, refused }: Checked, io: Io): void {
  for (const warning of warnings) io.out(`warning: ${warning}`);
  for (const { path: key, message } of unbuilt) io.out(`not in this version: ${key}: ${message}`);
  io.out(`ok: ${path}`);
  const command = refused.up.length > 0 ? 'up' : 'deploy';
  if (refused[command].length > 0)
    io.out(`but \`tidegate ${command}\` would refuse it here, for ${refused[command].join(', ')}`);
  if (unbuilt.length === 0) return;
  const keys = unbuilt.length === 1 ? 'that key' : `those ${unbuilt.length} keys`;
  io.out(
    `but \`tidegate up\` would refuse it until ${keys} not in this version ${unbuilt.length === 1 ? 'is' : 'are'} taken out`,
  );
}
