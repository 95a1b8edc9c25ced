import type { IncomingMessage } from 'node:http';

/** What may be said of an answer that is made of others. */
export interface Caching {
  readonly cacheControl: string;
  /** Null: the same for everybody. */
  readonly vary: string | null;
}

/**
 * As long as the part that may be kept the shortest, and by everybody only if each may. A part that says nothing, or that
 * it must not be kept, says so for the whole.
 */
export function cachingOf(parts: readonly IncomingMessage['headers'][]): Caching {
  const vary = [...new Set(parts.flatMap(varies))].sort();
  const ages = parts.map(secondsLeft);
  const least = Math.min(...ages);
  if (parts.length === 0 || least <= 0 || vary.includes('*')) {
    return { cacheControl: 'no-store', vary: null };
  }
  const isPrivate = parts.some((headers) =>
    directives(headers).some(([name]) => name === 'private'),
  );
  return {
    cacheControl: `${isPrivate ? 'private, ' : ''}max-age=${least}`,
    vary: vary.length === 0 ? null : vary.join(', '),
  };
}

// Private

/** In whole seconds; 0 where it must not be kept or does not say. Of several ages the least counts. */
function secondsLeft(headers: IncomingMessage['headers']): number {
  const said = directives(headers);
  if (said.some(([name]) => name === 'no-store' || name === 'no-cache')) return 0;
  const ages = said.flatMap(([name, value]) =>
    /^(?:s-maxage|max-age)$/.test(name) ? [/^\d{1,9}$/.test(value) ? Number(value) : 0] : [],
  );
  if (ages.length === 0) return 0;
  const { age = '0' } = headers;
  return /^\d{1,9}$/.test(age) ? Math.max(0, Math.min(...ages) - Number(age)) : 0;
}

function directives(
  headers: IncomingMessage['headers'],
): readonly (readonly [name: string, value: string])[] {
  return (headers['cache-control'] ?? '').split(',').map((each) => {
    const [name = '', value = ''] = each.trim().toLowerCase().split('=');
    return [name, value.replaceAll('"', '')] as const;
  });
}

/** Parts are always asked for unencoded, so they cannot differ by that. */
function varies({ vary = '' }: IncomingMessage['headers']): readonly string[] {
  return vary
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'accept-encoding');
}
