import type { ServiceConfig } from '../../spec/define.ts';
import type { Lose } from './draft.ts';
import { below, keysOf } from './keys.ts';
import type { Keys } from './keys.ts';
import { keyOf, literal } from './literal.ts';
import type { Pm2Options } from './pm2.ts';
import { keepable } from './variables.ts';

type Variables = NonNullable<ServiceConfig['env']>;

/** The variables of an app, and the port that was among them. */
export function pm2Environment(
  keys: Keys,
  at: string,
  options: Pm2Options,
  lose: Lose,
): { readonly env: Variables | undefined; readonly port: number | null } {
  const chosen = options.env === undefined ? null : `env_${options.env}`;
  const given = new Map<string, Variables[string]>();
  for (const key of ['env', ...(chosen === null ? [] : [chosen])]) {
    for (const [name, value] of variablesOf(keys.take(key), below(at, key), lose)) {
      given.set(name, fromEnvironment(name, value, options.environment));
    }
  }
  for (const [key] of keys.rest()) {
    if (!key.startsWith('env_')) continue;
    keys.take(key);
    lose(
      below(at, key),
      `one environment is carried over: \`tidegate import --env ${key.slice(4)}\` takes this one`,
    );
  }
  const port = Number(given.get('PORT'));
  return {
    env: keepable(given, below(at, 'env'), lose),
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : null,
  };
}

// Private

function variablesOf(env: unknown, at: string, lose: Lose): readonly (readonly [string, string])[] {
  if (env === undefined || env === null) return [];
  const keys = keysOf(env);
  if (!keys) {
    lose(at, 'is no object of variables');
    return [];
  }
  return keys.rest().flatMap(([name, value]) => {
    if (['string', 'number', 'boolean'].includes(typeof value)) return [[name, String(value)]];
    const why =
      value === undefined || value === null
        ? `${name} had no value when the file was read: write ${keyOf(name)}: { env: ${literal(name)} } if it comes from the environment`
        : 'is no text';
    lose(below(at, name), why);
    return [];
  });
}

/** Shorter ones are equal by chance: `1`, `true`, `production`. */
const TELLING_LENGTH = 8;

/** `process.env.API_KEY` in a script has become its value by now, which does not belong into a file. */
function fromEnvironment(
  name: string,
  value: string,
  environment: NodeJS.ProcessEnv | null,
): Variables[string] {
  if (environment === null || value === '') return value;
  if (environment[name] === value) return { env: name };
  if (value.length < TELLING_LENGTH) return value;
  const holders = Object.keys(environment).filter(
    (key) => environment[key] === value && /^[A-Za-z_]\w*$/.test(key),
  );
  return holders.length === 1 && holders[0] !== undefined ? { env: holders[0] } : value;
}
