import type { Spec } from '../spec/spec.ts';

/** What `up` says once when services would run as root because nobody said otherwise; null when there is nothing to say. */
export function asRootWarning({ services }: Pick<Spec, 'services'>, uid: number): string | null {
  if (uid !== 0) return null;
  const names = Object.values(services)
    // What Tidegate runs of its own is Tidegate.
    .filter(({ user, command }) => user === null && command?.kind !== 'internal')
    .map(({ name }) => name);
  if (names.length === 0) return null;
  const [run, keys] =
    names.length === 1
      ? [`${names[0]} runs`, `services.${names[0]}.user`]
      : [`${names.join(', ')} run`, 'services.*.user'];
  return `${run} as root, as you do; ${keys} names another user`;
}
