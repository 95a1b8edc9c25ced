import { availableParallelism, totalmem } from 'node:os';
import type { TidegateOptions } from '../main.ts';
import type { Configuration } from '../spec/configuration.ts';
import { resolveSpec } from '../spec/resolve.ts';
import { invalidConfig } from './config-errors.ts';
import { readSecret, readSecrets } from './config-file.ts';
import type { LoadedConfig } from './config-file.ts';
import { watchConfig } from './config-watch.ts';
import { readConfigApart } from './read-config.ts';
import { refuseUnbuilt } from './refuse-unbuilt.ts';

/**
 * What the control plane needs of the project: its configuration, how what was kept of an earlier one is understood, and
 * how it and the secrets are read again. `file` is where it stood, null where the command line takes its place.
 */
export function projectOptions(
  configuration: Configuration,
  file: Pick<LoadedConfig, 'path' | 'marks' | 'set'> | null,
): Omit<TidegateOptions, 'replace' | 'tell'> {
  const { folder } = configuration.spec;
  /** By the last reading for a start or a deployment; a look at a changed file alone is none. */
  let set = file?.set ?? {};
  return {
    configuration,
    resolve(input) {
      const machine = { cores: availableParallelism(), memoryBytes: totalmem() };
      const resolved = resolveSpec(input, { folder, machine });
      if (!resolved.ok) throw invalidConfig('the configuration in force', resolved.problems);
      refuseUnbuilt(resolved.unbuilt);
      return resolved.spec;
    },
    configPath: file?.path ?? null,
    readConfig:
      file &&
      (async () => {
        const read = await readConfigApart(file.path);
        ({ set } = read);
        return read.configuration;
      }),
    readSecrets: (services) =>
      readSecrets({ services: Object.fromEntries(services.map((each) => [each.name, each])) }, set),
    readSecret: (secret) => readSecret(secret, set),
    watchConfig:
      file &&
      ((onChange) =>
        watchConfig(
          file.path,
          file.marks,
          async (path, signal) => (await readConfigApart(path, signal)).configuration,
          onChange,
        )),
  };
}
