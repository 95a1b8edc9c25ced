import type { ServiceSpec, Spec } from '../spec/spec.ts';

/** What `up` says once when services would run as root because nobody said otherwise; null when there is nothing to say. */
export function asRootWarning({ services }: Pick<Spec, 'services'>, uid: number): string | null {
  if (uid !== 0) return null;
  const named = Object.values(services).filter(({ user }) => user === null);
  const own = named.filter(isOurs).map(({ name }) => name);
  const names = named.filter((service) => !isOurs(service)).map(({ name }) => name);
  const [run, keys] =
    names.length === 1
      ? [`${names[0]} runs`, `services.${names[0]}.user`]
      : [`${names.join(', ')} run`, 'services.*.user'];
  const sentences = [
    ...(names.length === 0 ? [] : [`${run} as root, as you do; ${keys} names another user`]),
    ...(own.length === 0
      ? []
      : [
          `${own.join(', ')} ${own.length === 1 ? 'runs' : 'run'} as whoever starts Tidegate, and that is root`,
        ]),
  ];
  return sentences.length === 0 ? null : sentences.join('; ');
}

// Private

/** What Tidegate runs of its own: no key names a user for it. */
function isOurs({ command }: ServiceSpec): boolean {
  return command?.kind === 'internal';
}
