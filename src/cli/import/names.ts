import { defaultName } from '../../spec/defaults.ts';

/** Names as our configuration takes them, each once: `'My App_2'` → `my-app-2`, a second `web` → `web-2`. */
export function ourNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>(names.filter(isOurs));
  const seen = new Set<string>();
  return names.map((name) => {
    if (isOurs(name) && !seen.has(name)) {
      seen.add(name);
      return name;
    }
    const wanted = ourName(name);
    let free = wanted;
    for (let n = 2; taken.has(free); n++) free = `${wanted.slice(0, 40 - `-${n}`.length)}-${n}`;
    taken.add(free);
    seen.add(free);
    return free;
  });
}

/** The nearest name that our configuration takes. */
export function ourName(name: string): string {
  return isOurs(name) ? name : defaultName(name.replaceAll('/', '-'));
}

// Private

function isOurs(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,39}$/.test(name);
}
