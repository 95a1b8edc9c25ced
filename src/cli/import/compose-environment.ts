import type { ServiceConfig } from '../../spec/define.ts';
import type { Lose } from './draft.ts';
import { interpolated } from './interpolation.ts';
import { below, keysOf, scalarText } from './keys.ts';
import type { Keys } from './keys.ts';
import { keepable } from './variables.ts';

type Variables = NonNullable<ServiceConfig['env']>;

/** `environment` as a map or a list; what came from Compose's own environment comes from that of `tidegate up`. */
export function composeEnvironment(
  keys: Keys,
  { at, others }: { readonly at: string; readonly others: readonly string[] },
  lose: Lose,
): Variables | undefined {
  const path = below(at, 'environment');
  const given = new Map<string, Variables[string]>();
  for (const [name, written] of pairsOf(keys.take('environment'), path, lose)) {
    const value = valueOf(name, written, (why) => lose(below(path, name), why));
    if (value === null) continue;
    given.set(name, value);
    const host =
      typeof value === 'string' ? others.find((other) => isHostIn(other, value)) : undefined;
    if (host !== undefined) {
      lose(
        below(path, name),
        `has ${host} as a host, which only Compose's network knows: from this machine it is 127.0.0.1 and a published port`,
      );
    }
  }
  return keepable(given, path, lose);
}

// Private

/** A variable without a value is that of Compose's environment: undefined. */
function pairsOf(
  written: unknown,
  at: string,
  lose: Lose,
): readonly (readonly [string, unknown])[] {
  if (written === undefined || written === null) return [];
  if (Array.isArray(written)) {
    return written.flatMap((item: unknown) => {
      const text = scalarText(item);
      const split = text.indexOf('=');
      return [
        split < 0
          ? ([text, undefined] as const)
          : ([text.slice(0, split), text.slice(split + 1)] as const),
      ];
    });
  }
  const keys = keysOf(written);
  if (!keys) lose(at, 'is neither a list nor an object of variables');
  return keys?.rest() ?? [];
}

/** Null for what cannot be said. */
function valueOf(
  name: string,
  written: unknown,
  lost: (why: string) => void,
): Variables[string] | null {
  if (written === undefined || written === null) return isWord(name) ? { env: name } : '';
  if (typeof written === 'number' || typeof written === 'boolean') return String(written);
  if (typeof written !== 'string') {
    lost('is no text');
    return null;
  }
  const value = interpolated(written);
  if (value.kind === 'plain') return value.text;
  if (value.kind === 'mixed') {
    lost(
      'is put together from variables: write it as `…${process.env.NAME}…`, the configuration is a program',
    );
    return null;
  }
  if (value.instead === null) return { env: value.name };
  lost(
    `is its default now, whatever ${value.name} says: process.env.${value.name} || '…' would ask it`,
  );
  return value.instead;
}

function isWord(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** `redis://cache:6379`, `db:5432`, `db`, `user:pw@db/shop`. */
function isHostIn(service: string, value: string): boolean {
  const name = service.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(?:^|//|@|,)${name}(?::\\d|/|,|$)`).test(value);
}
