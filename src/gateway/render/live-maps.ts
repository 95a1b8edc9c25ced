import type { GatewayPaths, Rendered } from '../plan.ts';
import {
  CAPACITY_MAP,
  CIRCUITS_MAP,
  DRAIN_MAP,
  EPOCHS_MAP,
  KEYS_MAP,
  LIMITS_MAP,
  SLEEP_MAP,
} from './names.ts';
import { commandWord } from './quote.ts';

/** Maps whose values change by a runtime command, without a reload; what keys they have is part of the configuration. */
export const LIVE_MAPS: readonly string[] = [
  SLEEP_MAP,
  LIMITS_MAP,
  DRAIN_MAP,
  CIRCUITS_MAP,
  EPOCHS_MAP,
  KEYS_MAP,
  CAPACITY_MAP,
];

/** The text of a map; keys and values are one word each. */
export function mapText(entries: Readonly<Record<string, string | number>>): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key} ${value}\n`)
    .join('');
}

/** The maps with the values of the live ones left out. */
export function withoutLiveValues(maps: Rendered['maps']): Rendered['maps'] {
  return Object.fromEntries(
    Object.entries(maps).map(([name, text]) => [
      name,
      LIVE_MAPS.includes(name) ? text.replaceAll(/^(\S+) .*$/gm, '$1') : text,
    ]),
  );
}

/** The commands that set what differs in the live maps of two configurations with the same keys. */
export function liveMapCommands(
  before: Rendered,
  after: Rendered,
  { folder }: GatewayPaths,
): readonly string[] {
  return LIVE_MAPS.filter((name) => name !== SLEEP_MAP).flatMap((name) => {
    const was = entriesOf(before.maps[name]);
    return [...entriesOf(after.maps[name])]
      .filter(([key, value]) => was.get(key) !== value)
      .map(([key, value]) => `set map ${commandWord(`${folder}/${name}`)} ${key} ${value}`);
  });
}

// Private

function entriesOf(text = ''): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^(\S+) (.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
  );
}
