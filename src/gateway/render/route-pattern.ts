/** A route's path as something to match: what `routes.ts` renders for HAProxy and `explain-route.ts` tries itself. */
export type PathPattern =
  | { readonly kind: 'all' }
  | { readonly kind: 'exact'; readonly path: string }
  /** `path` itself and everything below it. */
  | { readonly kind: 'prefix'; readonly path: string }
  | { readonly kind: 'regex'; readonly source: string };

/** `'/*'` all, `'/a/*'` prefix, `'/users/:id'` regex, anything else exact. Compared with the path as the client sent it. */
export function pathPattern(path: string): PathPattern {
  if (path === '/*') return { kind: 'all' };
  const below = path.endsWith('/*');
  const fixed = percentEncoded(below ? path.slice(0, -2) : path);
  const segments = fixed.split('/');
  if (!segments.some(isParameter)) return { kind: below ? 'prefix' : 'exact', path: fixed };
  const source = segments
    .map((segment) =>
      isParameter(segment) ? '[^/]+' : segment.replaceAll(SPECIAL, String.raw`\$&`),
    )
    .join('/');
  return { kind: 'regex', source: `^${source}${below ? '(?:/.*)?' : ''}$` };
}

/**
 * A regular expression for the same paths that captures these parameters and, with `*`, the rest after its slash; where
 * `slash`, with the slash.
 */
export function capturingSource(
  path: string,
  captured: ReadonlySet<string>,
  { slash }: { readonly slash: boolean },
): string {
  const below = path.endsWith('/*');
  const fixed = percentEncoded(below ? path.slice(0, -2) : path);
  const source = fixed
    .split('/')
    .map((segment) => {
      if (!isParameter(segment)) return segment.replaceAll(SPECIAL, String.raw`\$&`);
      return captured.has(segment.slice(1)) ? '([^/]+)' : '[^/]+';
    })
    .join('/');
  const rest = slash ? '(/.*)?' : '(?:/(.*))?';
  return `(?s)^${source}${below ? rest : ''}$`;
}

/** Whether the pattern takes this path (no query). */
export function matchesPath(pattern: PathPattern, path: string): boolean {
  switch (pattern.kind) {
    case 'all':
      return true;
    case 'exact':
      return path === pattern.path;
    case 'prefix':
      return path === pattern.path || path.startsWith(`${pattern.path}/`);
    case 'regex':
      break;
  }
  return new RegExp(pattern.source).test(path);
}

// Private

const SPECIAL = /[\\^$.*+?()[\]{}|#-]/g;

export function isParameter(segment: string): boolean {
  return segment.length > 1 && segment.startsWith(':');
}

/** Clients send nothing but printable ASCII in a path; what is written otherwise is meant encoded. */
export function percentEncoded(path: string): string {
  return path.replaceAll(/[^\u0021-\u007e]+/g, encodeURIComponent);
}
