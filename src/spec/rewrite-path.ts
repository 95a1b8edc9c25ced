/** HAProxy can put nine pieces of the path into the new one. */
const MOST_PIECES = 9;

/** Why `path` cannot be rewritten to `rewrite`, as the end of "must …"; null: it can. */
export function rewriteProblem(path: string, rewrite: string): string | null {
  const given = parametersOf(path);
  const wanted = parametersOf(rewrite);
  const unknown = wanted.find((name) => !given.includes(name));
  if (unknown !== undefined) return `name parameters of the path only: :${unknown} is not in it`;
  const twice = wanted.find((name) => given.indexOf(name) !== given.lastIndexOf(name));
  if (twice !== undefined) return `be clear: :${twice} stands twice in the path`;
  if (rewrite.endsWith('/*') && !path.endsWith('/*')) {
    return 'not end with *, which is the rest of the path: the path ends without it';
  }
  if (new Set(wanted).size + (rewrite.endsWith('/*') ? 1 : 0) > MOST_PIECES) {
    return `take at most ${MOST_PIECES} pieces of the path`;
  }
  return null;
}

/** `'/users/:id/*'` → `['id']`. */
export function parametersOf(path: string): readonly string[] {
  return path
    .split('/')
    .filter((segment) => segment.length > 1 && segment.startsWith(':'))
    .map((segment) => segment.slice(1));
}
