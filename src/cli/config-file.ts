import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { messageOf } from '../kit/errors.ts';
import { pathText } from '../spec/problem.ts';
import { resolveSpec } from '../spec/resolve.ts';
import type { SecretRef, Spec } from '../spec/spec.ts';
import type { Unbuilt } from '../spec/unbuilt.ts';
import {
  configKindUnknown,
  configMissing,
  configUnreadable,
  invalidConfig,
  secretsMissing,
} from './config-errors.ts';
import type { MissingSecret } from './config-errors.ts';
import { evaluateConfig } from './evaluate-config.ts';
import { marksOf } from './file-marks.ts';
import { notingVariables } from './noted-variables.ts';

export interface LoadedConfig {
  /** As it was written: plain JSON, secrets as references, defaults absent. */
  readonly input: unknown;
  readonly spec: Spec;
  /** The variables that the file set while it was read, as `import 'dotenv/config'` does; they may be secrets. */
  readonly set: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly path: string;
  /** `marksOf` the file before it was read. */
  readonly marks: string;
  /** Where the file is; relative paths in it and `.tidegate/` start here. */
  readonly folder: string;
  /** What is allowed but probably not meant, each beginning with its path. */
  readonly warnings: readonly string[];
  /** Keys that this version does not build: to be listed by `config check`, refused by `up`. */
  readonly unbuilt: readonly Unbuilt[];
}

/** In the order in which they are looked for. */
const CONFIG_NAMES = ['ts', 'js', 'mjs', 'json'].map((ending) => `tidegate.config.${ending}`);

/**
 * Finds, evaluates and checks the configuration: `file`, else the one in the current folder.
 * @throws TidegateError CONFIG_MISSING, CONFIG_UNREADABLE, CONFIG_KIND_UNKNOWN, CONFIG_SYNTAX, CONFIG_THREW,
 * CONFIG_WITHOUT_DEFAULT, CONFIG_INVALID (with all problems as `facts.errors`); exit code 2
 */
export async function loadConfig(file?: string, cwd = process.cwd()): Promise<LoadedConfig> {
  const path = findConfig(file, cwd);
  const folder = dirname(path);
  const marks = marksOf(path);
  const { result: written, set } = await notingVariables(() => evaluateConfig(path));
  const resolved = resolveSpec(written, {
    folder,
    machine: { cores: availableParallelism(), memoryBytes: totalmem() },
  });
  if (!resolved.ok) throw invalidConfig(path, resolved.problems, resolved.unbuilt);
  const others = file === undefined ? otherConfigs(folder, path) : [];
  return {
    input: JSON.parse(JSON.stringify(written)) as unknown,
    spec: resolved.spec,
    set,
    path,
    marks,
    folder,
    warnings: [...others, ...resolved.warnings],
    unbuilt: resolved.unbuilt,
  };
}

/**
 * The environment of each service's replicas with the secrets read, by service; below it what the file `set`.
 * @throws TidegateError SECRET_MISSING naming all that are missing; exit code 2
 */
export function readSecrets(
  { services }: Pick<Spec, 'services'>,
  set: Readonly<Record<string, string>> = {},
  ours: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const missing: MissingSecret[] = [];
  const read = (path: string, value: string | SecretRef): string => {
    if (typeof value === 'string') return value;
    try {
      return readSecret(value, set, ours);
    } catch (thrown) {
      missing.push({ path, message: messageOf(thrown) });
      return '';
    }
  };
  const environments = Object.fromEntries(
    Object.entries(services).map(([service, { env }]) => [
      service,
      {
        ...set,
        ...Object.fromEntries(
          Object.entries(env).map(([name, value]) => [
            name,
            read(pathText(['services', service, 'env', name]), value),
          ]),
        ),
      },
    ]),
  );
  if (missing.length > 0) throw secretsMissing(missing);
  return environments;
}

/** One secret; below the environment what the file `set`. @throws Error whose message says why it cannot be had */
export function readSecret(
  secret: SecretRef,
  set: Readonly<Record<string, string>> = {},
  ours: NodeJS.ProcessEnv = process.env,
): string {
  if ('file' in secret) return readSecretFile(secret.file);
  const value = { ...ours, ...set }[secret.env];
  if (value === undefined) throw new Error(`the environment variable ${secret.env} is not set`);
  return value;
}

/**
 * Where the configuration is, absolute: `file`, else the one in the current folder.
 * @throws TidegateError CONFIG_MISSING, CONFIG_KIND_UNKNOWN, CONFIG_UNREADABLE; exit code 2
 */
export function findConfig(file: string | undefined, cwd = process.cwd()): string {
  const found = file ?? CONFIG_NAMES.find((name) => existsSync(join(cwd, name)));
  if (found === undefined) throw configMissing(`tidegate.config.{ts,js,mjs,json} in ${cwd}`);
  const path = resolve(cwd, found);
  if (!existsSync(path)) throw configMissing(`file ${path}`);
  if (!/^\.(?:[mc]?[jt]s|json)$/.test(extname(path))) throw configKindUnknown(path);
  try {
    readFileSync(path);
    return path;
  } catch (cause) {
    throw configUnreadable(path, cause);
  }
}

// Private

function otherConfigs(folder: string, chosen: string): readonly string[] {
  return CONFIG_NAMES.map((name) => join(folder, name))
    .filter((path) => path !== chosen && existsSync(path))
    .map((path) => `${path} is not used: ${chosen} comes first`);
}

/** Editors end a file with a line break that is not part of the secret. */
function readSecretFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (thrown) {
    throw new Error(`the file ${path} cannot be read (${messageOf(thrown)})`, { cause: thrown });
  }
  if (text === '') throw new Error(`the file ${path} is empty`);
  return text;
}
