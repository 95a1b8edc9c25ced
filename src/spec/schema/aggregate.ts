import { z } from 'zod';
import { identifier, requestPath } from './safe-text.ts';
import { duration, named, section, yesOrNo } from './values.ts';

const part = section({
  /** Path and query at the gateway; ':id' is a parameter of the route's path, ':claims.sub' a claim of its token. */
  path: requestPath,
  /** How long it may take. Default 5 s, or the route's where that is shorter. */
  timeout: duration().optional(),
  /** Without it the answer is null there, instead of an error for the whole. Default false. */
  optional: yesOrNo.optional(),
});

export const aggregate = named(
  identifier,
  z.union([requestPath, part], {
    error: "must be a path such as '/users/:id', or { path, timeout, optional }",
  }),
);
