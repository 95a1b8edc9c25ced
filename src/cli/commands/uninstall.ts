import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { findConfig, loadConfig } from '../config-file.ts';
import type { CommonOptions, Io } from '../io.ts';
import { unitEnabled, unitMissing, unitNotOurs } from '../unit-errors.ts';
import { isEnabled, readUnit, removeUnit, unitFolder, unitsOf } from '../unit-file.ts';
import { configOfUnit, unitName } from '../unit.ts';

interface UninstallOptions extends CommonOptions {
  readonly folder?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command('uninstall')
    .summary('remove the systemd unit that install wrote')
    .description(
      'Removes the systemd unit of the configuration, once it is disabled. It stops nothing: HAProxy and the replicas ' +
        'go on until `tidegate down`. A unit that install did not write is left alone.',
    )
    .option(
      '-c, --config <file>',
      'the configuration file it was written for; it need not be there any more',
    )
    .option('--folder <folder>', 'where the unit is (default: where systemd looks)')
    .option('--json', 'one object')
    .addHelpText(
      'after',
      '\nExample:\n  tidegate down && sudo systemctl disable tidegate-shop && sudo tidegate uninstall',
    )
    .action(async (options: UninstallOptions) => {
      const configPath =
        options.config === undefined ? findConfig(undefined) : resolve(options.config);
      const uid = process.getuid?.() ?? -1;
      const folder = resolve(options.folder ?? unitFolder(uid, process.env));
      const systemctl = uid === 0 ? 'systemctl' : 'systemctl --user';
      const units = unitsOf(configPath, folder);
      if (units.length === 0) throw await whyNone(configPath, folder);
      for (const path of units) {
        if (isEnabled(path))
          throw unitEnabled(path, `${systemctl} disable --now ${basename(path)}`);
      }
      for (const path of units) removeUnit(path);
      const reload = `${systemctl} daemon-reload`;
      if (options.json) {
        io.out(JSON.stringify({ removed: units, commands: { reload } }));
        return;
      }
      for (const path of units) io.out(`removed ${path}`);
      io.out(`Tell systemd: ${reload}`);
      io.out('What still runs goes on; `tidegate down` drains and stops it.');
    });
}

// Private

/** Of another's unit under this project's name it is said that it was left alone. */
async function whyNone(configPath: string, folder: string): Promise<Error> {
  if (!existsSync(configPath)) return unitMissing(configPath, folder);
  const { spec } = await loadConfig(configPath);
  const path = join(folder, unitName(spec.name));
  const text = readUnit(path);
  return text === null ? unitMissing(configPath, folder) : unitNotOurs(path, configOfUnit(text));
}
