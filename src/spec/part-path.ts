/** Text, and what stands in for a parameter of the aggregate's own path or a claim of the token. */
export type PathPiece = string | { readonly parameter: string } | { readonly claim: string };

/**
 * `/users/:id?by=:claims.sub` → `'/users/'`, id, `'?by='`, the claim sub. Only a whole segment of the path, or the whole
 * value of a pair in the query, stands for something else.
 */
export function pathPieces(path: string): readonly PathPiece[] {
  const pieces: PathPiece[] = [];
  for (const { before, text } of placesIn(path)) {
    for (const piece of [before, standsFor(text) ?? text]) {
      const last = pieces.at(-1);
      if (typeof last !== 'string' || typeof piece !== 'string') pieces.push(piece);
      else pieces.splice(-1, 1, last + piece);
    }
  }
  return pieces;
}

/** What cannot be meant in a part's path, as a rule; null: nothing. */
export function partPathProblem(path: string): string | null {
  const places = placesIn(path);
  if (places.some(({ before, text }) => before === '/' && /^(?:\.|%2e){1,2}$/i.test(text))) {
    return "must not hold '.' or '..' as a segment";
  }
  const strange = places.find(({ text }) => text.startsWith(':') && standsFor(text) === null);
  return strange === undefined
    ? null
    : `holds '${strange.text}', which stands for nothing: ':id' is a parameter of the route's own path, ':claims.sub' a claim of its token`;
}

// Private

interface Place {
  /** What stands between this place and the one before. */
  readonly before: string;
  readonly text: string;
}

/** The segments of the path and the values of the query. */
function placesIn(path: string): readonly Place[] {
  const at = path.indexOf('?');
  const segments = (at < 0 ? path : path.slice(0, at)).split('/').slice(1);
  const pairs = at < 0 ? [] : path.slice(at + 1).split('&');
  return [
    ...segments.map((text) => ({ before: '/', text })),
    ...pairs.map((pair, index) => {
      const value = pair.indexOf('=') + 1;
      return {
        before: `${index === 0 ? '?' : '&'}${pair.slice(0, value)}`,
        text: pair.slice(value),
      };
    }),
  ];
}

function standsFor(text: string): Exclude<PathPiece, string> | null {
  const [, claim, parameter] = /^:(?:claims\.([A-Za-z0-9_-]+)|([A-Za-z_]\w*))$/.exec(text) ?? [];
  if (claim !== undefined) return { claim };
  return parameter === undefined ? null : { parameter };
}
