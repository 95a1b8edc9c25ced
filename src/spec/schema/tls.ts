import { z } from 'zod';
import { parseDuration } from '../../kit/duration.ts';
import type { Duration } from '../../kit/duration.ts';
import { line } from './safe-text.ts';
import { section, whole, yesOrNo } from './values.ts';

const HSTS_RULE = "must be a duration such as '365d', at least a second, at most 3650 days";

const DAY_MS = 86_400_000;

/** Longer than any timer of HAProxy's: it is a number for browsers. */
const hsts = z
  .string({ error: HSTS_RULE })
  .regex(/^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/, { error: HSTS_RULE })
  .transform((written) => parseDuration(written) ?? Number.NaN)
  .refine((ms) => ms >= 1_000 && ms <= 3_650 * DAY_MS, {
    error: HSTS_RULE,
  }) as unknown as z.ZodType<number, Duration>;

/** HTTPS and HTTP/2 beside the plain port. */
export const tls = section({
  /** A PEM file: the certificate, then its chain. Read again when it changes. */
  cert: line,
  /** A PEM file: its private key, without a passphrase. */
  key: line,
  /** Port to listen on. Default 8443. */
  port: whole(1, 65_535).optional(),
  /** The plain port sends everybody to HTTPS (308). Default false. */
  redirect: yesOrNo.optional(),
  /** For how long browsers shall come with HTTPS only (Strict-Transport-Security): '365d'. Default: not said. */
  hsts: hsts.optional(),
});
