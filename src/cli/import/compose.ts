import { composeService } from './compose-service.ts';
import { databaseOf } from './compose-images.ts';
import type { Draft, DraftService, Lose } from './draft.ts';
import { interpolated } from './interpolation.ts';
import { below, keysOf, takeText } from './keys.ts';

/** What a Compose file says, all files it names left aside. */
export function readCompose(input: unknown, lose: Lose): Draft {
  const keys = keysOf(input);
  const name = keys ? takeText(keys, ['name'], lose) : undefined;
  const projectName = name === undefined ? undefined : plainName(name, lose);
  const given = keysOf(keys?.take('services'));
  for (const [key, value] of keys?.rest() ?? []) {
    const why = WHY.get(key) ?? 'Tidegate has nothing like it';
    // `version` means nothing to Compose either, and `x-` marks what is there for its anchors.
    if (value !== null && key !== 'version' && !key.startsWith('x-')) lose(key, why);
  }
  const all = given?.rest() ?? [];
  const services = all.flatMap(([service, value]): readonly DraftService[] => {
    const at = below('services', service);
    const image = keysOf(value)?.take('image');
    const database = databaseOf(image);
    if (database !== null) {
      lose(at, database);
      return [];
    }
    const others = all.map(([other]) => other).filter((other) => other !== service);
    const read = composeService({ name: service, at, value, others }, lose);
    return read ? [read] : [];
  });
  return {
    ...(projectName === undefined ? {} : { name: projectName }),
    services,
  };
}

// Private

function plainName(written: string, lose: Lose): string | undefined {
  const name = interpolated(written);
  if (name.kind === 'plain') return name.text;
  lose('name', 'has a variable in it; the project is called as its folder: set name');
  return undefined;
}

const WHY: ReadonlyMap<string, string> = new Map([
  ['volumes', 'programs on the machine see its own folders'],
  ['networks', 'programs on the machine share 127.0.0.1'],
  ['secrets', "write { file: 'PATH' } or { env: 'NAME' } in the env of the service that needs it"],
  ['configs', 'programs on the machine read their files where they are'],
  ['include', 'the files it names were not read: import each'],
]);
