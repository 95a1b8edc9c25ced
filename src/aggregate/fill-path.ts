import type { PlannedPiece } from '../spec/aggregate-plan.ts';

export type Filled =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'refused'; readonly status: 400 | 403; readonly detail: string };

/**
 * The path of a part with everything filled in. What a client sends stays one segment, or one value of the query: it is
 * encoded anew, and refused where a service behind could take it for more.
 */
export function fillPath(
  pieces: readonly PlannedPiece[],
  segments: readonly string[],
  claims: ReadonlyMap<string, unknown>,
): Filled {
  let path = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      path += piece;
      continue;
    }
    const value =
      'claim' in piece ? claimText(claims.get(piece.claim)) : decoded(segments[piece.segment]);
    if ('claim' in piece && value === null) {
      return refused(403, `The token has no claim ${piece.claim} that can be part of a path.`);
    }
    if (value === null || !isHarmless(value)) {
      const what =
        'claim' in piece ? `The claim ${piece.claim} of the token` : 'A part of the path';
      return refused(
        400,
        `${what} is empty, or holds '/', '..' or characters that cannot be in a path.`,
      );
    }
    path += encodeURIComponent(value);
  }
  return { kind: 'path', path };
}

/** The segments of the path in a request's first line, as the client sent them; the first is the empty one. */
export function segmentsOf(url: string): readonly string[] {
  return url
    .replace(/^https?:\/\/[^/?#]*/i, '')
    .replace(/[?#].*$/s, '')
    .split('/');
}

// Private

/** Services that decode twice see what is below one more layer; nobody means more. */
const LAYERS = 3;

/** Control characters, slashes of either kind, and line ends that only some know. */
// oxlint-disable-next-line no-control-regex -- control characters are what it finds
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029/\\]|\.\./;

function isHarmless(value: string): boolean {
  let layer: string | null = value;
  for (let depth = 0; depth < LAYERS; depth++) {
    if (layer === '' || layer === '.' || HARMFUL.test(layer) || !layer.isWellFormed()) return false;
    const next: string | null = decoded(layer);
    // A lone '%' is text: nothing is below it.
    if (next === null || next === layer) return true;
    layer = next;
  }
  return false;
}

function decoded(text: string | undefined): string | null {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return null;
  }
}

/** Longer numbers are not what the token says any more. */
function claimText(claim: unknown): string | null {
  if (typeof claim === 'string') return claim;
  return typeof claim === 'boolean' || Number.isSafeInteger(claim) ? String(claim) : null;
}

function refused(status: 400 | 403, detail: string): Filled {
  return { kind: 'refused', status, detail };
}
