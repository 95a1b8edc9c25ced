import { availableParallelism, totalmem } from 'node:os';
import type { TidegateOptions } from '../main.ts';
import type { Configuration } from '../spec/configuration.ts';
import { resolveSpec } from '../spec/resolve.ts';
import { invalidConfig } from './config-errors.ts';
import { readSecrets } from './config-file.ts';
import { watchConfig } from './config-watch.ts';
import { readConfigApart } from './read-config.ts';
import { refuseUnbuilt } from './refuse-unbuilt.ts';

/**
 * What the control plane needs of the project: its configuration, how what was kept of an earlier one is understood, and
 * how it and the secrets are read again. `path` is the file, null where the command line takes its place.
 */
export function projectOptions(
  configuration: Configuration,
  path: string | null,
): Omit<TidegateOptions, 'replace'> {
  const { folder } = configuration.spec;
  return {
    configuration,
    resolve(input) {
      const machine = { cores: availableParallelism(), memoryBytes: totalmem() };
      const resolved = resolveSpec(input, { folder, machine });
      if (!resolved.ok) throw invalidConfig('the configuration in force', resolved.problems);
      refuseUnbuilt(resolved.unbuilt);
      return resolved.spec;
    },
    configPath: path,
    readConfig: path === null ? null : () => readConfigApart(path),
    readSecrets: (services) =>
      readSecrets({ services: Object.fromEntries(services.map((each) => [each.name, each])) }),
    watchConfig: path === null ? null : (onChange) => watchConfig(path, readConfigApart, onChange),
  };
}
