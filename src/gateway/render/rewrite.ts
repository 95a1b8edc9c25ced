import type { RouteSpec } from '../../spec/spec.ts';
import { parametersOf } from '../../spec/rewrite-path.ts';
import { literal, word } from './quote.ts';
import { capturingSource, percentEncoded } from './route-pattern.ts';
import { ifRoute } from './routes.ts';
import type { NumberedRoute } from './routes.ts';

/**
 * A segment `.` or `..`, also with parameters (`..;`) or where the path would end for some (`?`, `#`, NUL), or an empty one, as
 * whoever decodes the path may see it. Moved below another path it would lead out of it.
 */
const ODD_SEGMENT = String.raw`(?:/|\\|%2f|%5c)(?:\.|%2e){1,2}(?:/|\\|%2f|%5c|;|%3b|%3f|%23|%00|$)|/(?:/|\\|%2f|%5c)`;

/** Refuses what may not be moved below another path. Before a request is held: what is refused wakes nobody. */
export function rewriteRefusalLines(routes: readonly NumberedRoute[]): readonly string[] {
  return ifRoute(
    'http-request return status 400 default-errorfiles',
    routes.filter(({ route }) => takesPieces(route)).map(({ number }) => number),
    ` { path -m reg -i -- ${word(ODD_SEGMENT)} }`,
  );
}

/**
 * Gives the service the path it is meant to see; the query stays. What is handed over to the next worker keeps its own
 * path, and is rewritten there.
 */
export function rewriteLines(
  routes: readonly NumberedRoute[],
  handsOver: boolean,
): readonly string[] {
  const also = handsOver ? ' !{ var(txn.moved) -m found }' : '';
  return routes.flatMap(({ route, number }) => {
    if (route.rewrite === null) return [];
    const { source, replacement } = rewriting(route.path, route.rewrite);
    return ifRoute(
      `http-request replace-path ${word(source)} ${word(replacement)}`,
      [number],
      also,
    );
  });
}

// Private

function takesPieces({ rewrite }: RouteSpec): boolean {
  return rewrite !== null && (rewrite.endsWith('/*') || parametersOf(rewrite).length > 0);
}

/** The pieces of the path by number, in the order in which the path has them. */
function rewriting(
  path: string,
  rewrite: string,
): { readonly source: string; readonly replacement: string } {
  const wanted = new Set(parametersOf(rewrite));
  const pieces = parametersOf(path).filter((name) => wanted.has(name));
  const below = rewrite.endsWith('/*');
  const fixed = below ? rewrite.slice(0, -2) : rewrite;
  const segments = fixed.split('/').map((segment) => {
    const piece = segment.startsWith(':') ? pieces.indexOf(segment.slice(1)) : -1;
    if (piece >= 0) return `\\${piece + 1}`;
    return literal(percentEncoded(segment).replaceAll('\\', '\\\\'));
  });
  // Below the root the slash is there anyhow: `/api` becomes `/`, not nothing.
  const slash = fixed !== '';
  const rest = below ? `${slash ? '' : '/'}\\${pieces.length + 1}` : '';
  return {
    source: capturingSource(path, wanted, { slash }),
    replacement: segments.join('/') + rest,
  };
}
