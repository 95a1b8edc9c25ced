import { duration, section, size } from './values.ts';

const MEGABYTE = 2 ** 20;

/** What HAProxy can count: whole megabytes in 32 bits of bytes. */
const MOST_MEGABYTES = 4095;

const SIZE_RULE = `must be whole megabytes from '1MB' to '${MOST_MEGABYTES}MB'`;

export const cache = section({
  /** How long an answer is kept at most, and one that says nothing of its age. At least 1 s. */
  ttl: duration(1_000),
  /** Memory for the answers of this route, taken at the start. Default 64 MB. */
  size: size
    .refine((bytes) => bytes % MEGABYTE === 0 && bytes <= MOST_MEGABYTES * MEGABYTE, {
      error: SIZE_RULE,
    })
    .optional(),
  /** Larger answers are not kept; at most half of size. Default 1 MB, or that half. */
  maxObject: size.optional(),
});
