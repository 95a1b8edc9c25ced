import type { RouteSpec } from './spec.ts';

export type RouteMatch = Pick<RouteSpec, 'path' | 'methods' | 'hosts' | 'headers'>;

/**
 * Whether every request that `later` matches is matched by `earlier` too, so that `later`, coming second, never
 * answers. True only when that is certain: two earlier routes that cover a later one between them are not noticed.
 */
export function shadows(earlier: RouteMatch, later: RouteMatch): boolean {
  return (
    pathCovers(earlier.path, later.path) &&
    listCovers(earlier.methods, later.methods, (a, b) => a === b) &&
    listCovers(earlier.hosts, later.hosts, hostCovers) &&
    Object.entries(earlier.headers).every(([name, value]) => {
      const other = later.headers[name];
      return other !== undefined && (value === '*' || value === other);
    })
  );
}

// Private

/** An empty list means "any". */
function listCovers(
  earlier: readonly string[],
  later: readonly string[],
  covers: (a: string, b: string) => boolean,
): boolean {
  if (earlier.length === 0) return true;
  return later.length > 0 && later.every((b) => earlier.some((a) => covers(a, b)));
}

/** `*.example.org` takes every name below, however deep, and no `example.org`. */
function hostCovers(a: string, b: string): boolean {
  return a === b || (a.startsWith('*.') && b.endsWith(a.slice(1)));
}

function pathCovers(earlier: string, later: string): boolean {
  const a = segmentsOf(earlier);
  const b = segmentsOf(later);
  const enough = a.open
    ? b.segments.length >= a.segments.length
    : !b.open && b.segments.length === a.segments.length;
  return enough && a.segments.every((segment, index) => segmentCovers(segment, b.segments[index]));
}

function segmentCovers(a: string, b: string | undefined): boolean {
  return a === b || (a.startsWith(':') && b !== undefined && b !== '');
}

/** `'/api/*'` → `['api']`, open: that path and anything below. */
function segmentsOf(path: string): {
  readonly segments: readonly string[];
  readonly open: boolean;
} {
  const open = path.endsWith('/*');
  const rest = open ? path.slice(0, -2) : path;
  return { segments: rest.split('/').slice(1), open };
}
