import { z } from 'zod';
import { parseBytes } from '../../kit/bytes.ts';
import type { Size } from '../../kit/bytes.ts';
import { formatDuration, parseDuration } from '../../kit/duration.ts';
import type { Duration } from '../../kit/duration.ts';

/** HAProxy keeps timers in 31 bits of milliseconds; whole days below that. */
const LONGEST_MS = 24 * 86_400_000;

/** A part of the configuration: an object in which an unknown key is an error. */
export function section<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : 'must be an object'),
  });
}

/** An object with names of the user's choice as keys. */
export function named<Value extends z.ZodType>(
  name: z.ZodType<string, string>,
  value: Value,
): z.ZodRecord<z.ZodType<string, string>, Value> {
  return z.record(name, value, {
    error: (issue) => (issue.code === 'invalid_type' ? 'must be an object' : undefined),
  });
}

export function list<Item extends z.ZodType>(item: Item): z.ZodArray<Item> {
  return z.array(item, { error: 'must be a list' });
}

/** Text of the given form; the rule completes the sentence "`x` must be …". */
export function text(pattern: RegExp, rule: string): z.ZodString {
  return z.string({ error: `must be ${rule}` }).regex(pattern, { error: `must be ${rule}` });
}

/** A whole number between two bounds, both included. */
export function whole(least: number, most: number, or = ''): z.ZodNumber {
  const error = `must be a whole number from ${least} to ${most}${or}`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

/** A number above zero. */
export function positive(what: string): z.ZodNumber {
  const error = `must be ${what}, a number above 0`;
  return z.number({ error }).gt(0, { error });
}

export const yesOrNo = z.boolean({ error: 'must be true or false' });

export function oneOf<const Values extends readonly string[]>(
  values: Values,
): z.ZodEnum<z.core.util.ToEnum<Values[number]>> {
  const names = values.map((value) => `'${value}'`).join(', ');
  return z.enum(values, {
    error: values.length === 1 ? `must be ${names}` : `must be one of ${names}`,
  });
}

/** `'250ms'`, `'15s'`, `'2m'` → milliseconds. */
export function duration(leastMs = 1): z.ZodType<number, Duration> {
  const least = leastMs > 1 ? `, at least ${formatDuration(leastMs)}` : '';
  const most = leastMs <= 1 ? ', at most 24 days' : '';
  const error = `must be a duration such as '250ms', '15s' or '2m'${least}${most}`;
  return durationBetween(leastMs, LONGEST_MS, error);
}

/** Longer than any timer of HAProxy's: for what is no timer. */
export const longDuration = durationBetween(
  1_000,
  3_650 * 86_400_000,
  "must be a duration such as '365d', at least a second, at most 3650 days",
);

export const SIZE_RULE = "must be a size such as '512MB' or '2GB'";

/** `'512MB'` → bytes. */
export const size = z
  .string({ error: SIZE_RULE })
  .regex(/^\d+(?:\.\d+)? ?[KkMmGgTt]?[Bb]$/, { error: SIZE_RULE })
  .transform((written) => parseBytes(written) ?? Number.NaN)
  .refine((bytes) => bytes > 0, { error: SIZE_RULE }) as unknown as z.ZodType<number, Size>;

const FRACTION_RULE = "must be a fraction: '70%' or 0.7, from 0 to 1";

/** `'70%'` or `0.7` → 0.7. */
export const fraction = z
  .union([z.string().regex(/^\d+(?:\.\d+)?%$/, { error: FRACTION_RULE }), z.number()], {
    error: FRACTION_RULE,
  })
  .transform((written) =>
    typeof written === 'number' ? written : Number((Number(written.slice(0, -1)) / 100).toFixed(6)),
  )
  .refine((value) => value >= 0 && value <= 1, { error: FRACTION_RULE }) as unknown as z.ZodType<
  number,
  number | `${number}%`
>;

/** A fraction something is divided by. */
export const fractionAbove0 = fraction.refine((value) => value > 0, {
  error: "must be a fraction above 0: '70%' or 0.7",
});

/** A number of replicas, or one for each core of the machine. */
export function replicas(least: number, most: number) {
  const number = whole(least, most, ", or 'cores'");
  return z.union([z.literal('cores'), number], {
    error: `must be a whole number from ${least} to ${most}, or 'cores'`,
  });
}

/** One or several of the same. */
export function oneOrMore<Item extends z.ZodType>(item: Item, rule: string) {
  return z
    .union([item, z.array(item).min(1, { error: `must be ${rule}` })], { error: `must be ${rule}` })
    .transform((given) => (Array.isArray(given) ? given : [given]) as z.output<Item>[]);
}

// Private

function durationBetween(
  leastMs: number,
  mostMs: number,
  error: string,
): z.ZodType<number, Duration> {
  return z
    .string({ error })
    .regex(/^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/, { error })
    .transform((written) => parseDuration(written) ?? Number.NaN)
    .refine((ms) => ms >= leastMs && ms <= mostMs, { error }) as unknown as z.ZodType<
    number,
    Duration
  >;
}
