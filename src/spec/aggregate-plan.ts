import { pathPieces } from './part-path.ts';
import type { RouteSpec } from './spec.ts';

/** What the gateway tells the aggregator with each request: what its answer is made of. */
export interface AggregatePlan {
  readonly parts: readonly PlannedPart[];
}

export interface PlannedPart {
  readonly name: string;
  readonly path: readonly PlannedPiece[];
  readonly timeoutMs: number;
  readonly optional: boolean;
}

/** Text, the segment with this number (from 1) of the path that was asked for, or a claim of the token. */
export type PlannedPiece = string | { readonly segment: number } | { readonly claim: string };

/** The plan as the value of a header. */
export function encodedPlan(route: RouteSpec): string {
  return Buffer.from(JSON.stringify(aggregatePlan(route))).toString('base64url');
}

/** The plan of an aggregate route. A parameter that its path does not have stands nowhere: segment 0. */
export function aggregatePlan({ path, aggregate }: RouteSpec): AggregatePlan {
  const segments = path.split('/');
  const parts = (aggregate ?? []).map((part) => ({
    name: part.name,
    path: pathPieces(part.path).map((piece) =>
      typeof piece === 'string' || 'claim' in piece
        ? piece
        : { segment: Math.max(0, segments.indexOf(`:${piece.parameter}`)) },
    ),
    timeoutMs: part.timeoutMs,
    optional: part.optional,
  }));
  return { parts };
}
