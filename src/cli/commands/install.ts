import type { Command } from 'commander';
import { dirname, join, resolve } from 'node:path';
import { findControl } from '../../web/client.ts';
import { loadConfig } from '../config-file.ts';
import type { LoadedConfig } from '../config-file.ts';
import type { CommonOptions, Io } from '../io.ts';
import { refuseUnbuilt } from '../refuse-unbuilt.ts';
import { tellUnit, unitCommands } from '../unit-advice.ts';
import { userNeedsRoot } from '../unit-errors.ts';
import { unitFolder, unitsOf, writeUnit } from '../unit-file.ts';
import { deniedTo, ownerOf, userNamed } from '../unit-user.ts';
import type { UnitUser } from '../unit-user.ts';
import { renderUnit, unitName } from '../unit.ts';

interface InstallOptions extends CommonOptions {
  readonly user?: string;
  readonly folder?: string;
  readonly print?: boolean;
  readonly force?: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command('install')
    .summary('write a systemd unit, so that it runs from boot on')
    .description(
      'Writes a systemd unit for the configuration: root writes one of the machine, anybody else one of their own. ' +
        'It enables and starts nothing, and says the commands that do. Restarting the unit keeps HAProxy and the ' +
        'replicas running; `tidegate down` stops everything.',
    )
    .option('-c, --config <file>', 'the configuration file')
    .option(
      '--user <name>',
      "the user it runs as (root only; default: the owner of the configuration's folder)",
    )
    .option('--folder <folder>', 'where to write it (default: where systemd looks)')
    .option('--print', 'show the unit, write nothing')
    .option('--force', 'overwrite a unit that was not written for this configuration')
    .option('--json', 'one object')
    .addHelpText(
      'after',
      '\nExample:\n  sudo tidegate install -c /srv/shop/tidegate.config.ts --user www-data',
    )
    .action(async (options: InstallOptions) => {
      const loaded = await loadConfig(options.config);
      const { spec, path: configPath, folder: project } = loaded;
      refuseUnbuilt(loaded.unbuilt);
      const uid = process.getuid?.() ?? -1;
      const user = userOf(options.user, uid, project);
      const program = [process.execPath, ...process.execArgv, resolve(process.argv[1] ?? '')];
      const name = unitName(spec.name);
      const text = renderUnit({
        name: spec.name,
        configPath,
        program,
        searchPath: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
        user: user?.name ?? null,
      });
      const looksIn = resolve(unitFolder(uid, process.env));
      const folder = resolve(options.folder ?? looksIn);
      const path = join(folder, name);
      const elsewhere = folder !== looksIn && !UNIT_PATH.test(folder);
      const state = options.print ? 'printed' : writeUnit(path, text, options.force === true);
      const warnings = [
        ...(user ? denied(user, program, configPath) : []),
        ...secretsToGive(loaded, `${user ? 'systemctl' : 'systemctl --user'} edit ${name}`),
        ...olderNames(configPath, path),
        ...(state === 'written' ? await alreadyRunning(project) : []),
      ];
      const commands = unitCommands(name, user !== null, configPath, elsewhere ? path : null);
      if (options.json) {
        const who = user?.name ?? null;
        io.out(JSON.stringify({ unit: name, path, state, user: who, text, commands, warnings }));
        return;
      }
      for (const warning of warnings) io.err(`warning: ${warning}`);
      if (options.print) io.out(text.trimEnd());
      else
        tellUnit(
          { path, state, user, owned: options.user === undefined, project, elsewhere, commands },
          io,
        );
    });
}

// Private

/** Where systemd looks beside the folder that we choose. */
const UNIT_PATH = /^(?:\/etc|\/run|(?:\/usr(?:\/local)?)?\/lib)\/systemd\/(?:system|user)$/;

/** Null for a unit of one's own. @throws TidegateError USER_NEEDS_ROOT, USER_UNKNOWN */
function userOf(named: string | undefined, uid: number, project: string): UnitUser | null {
  if (uid === 0) return named === undefined ? ownerOf(project) : userNamed(named);
  if (named !== undefined) throw userNeedsRoot();
  return null;
}

function denied(user: UnitUser, program: readonly string[], configPath: string): readonly string[] {
  if (user.uid === 0) return [];
  const project = dirname(configPath);
  const [node = ''] = program;
  const read = [program.at(-1) ?? '', configPath];
  const write = [project, join(project, '.tidegate')];
  return deniedTo(user, { node, read, write }).map((what) => `${user.name} may not ${what}`);
}

/** systemd hands on little, and the unit is readable to everybody: no place for a secret. What the file sets is there. */
function secretsToGive({ spec, set }: LoadedConfig, edit: string): readonly string[] {
  const names = new Set(
    Object.values(spec.services).flatMap(({ env }) =>
      Object.values(env).flatMap((value) =>
        typeof value === 'object' && 'env' in value && !Object.hasOwn(set, value.env)
          ? [value.env]
          : [],
      ),
    ),
  );
  if (names.size === 0) return [];
  return [
    `the configuration wants ${[...names].join(', ')} from the environment, of which the unit has only PATH: ` +
      `put EnvironmentFile=/path/of/a/file below [Service] with \`${edit}\``,
  ];
}

/** Two units of one project would keep each other from starting. */
function olderNames(configPath: string, path: string): readonly string[] {
  return unitsOf(configPath, dirname(path))
    .filter((other) => other !== path)
    .map((other) => `${other} was written for it under another name: disable and remove it`);
}

async function alreadyRunning(project: string): Promise<readonly string[]> {
  const control = await findControl(project);
  if (!control) return [];
  return [
    `it runs already, as process ${control.pid}: \`tidegate down\` first, or the unit cannot start`,
  ];
}
