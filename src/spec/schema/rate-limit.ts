import { countBy } from './safe-text.ts';
import { duration, section, whole, yesOrNo } from './values.ts';

const DAY_MS = 86_400_000;

/** A second is the least that can be told to clients; a day is long enough to remember callers for. */
const secondToDay = duration(1_000).refine((ms) => ms <= DAY_MS, {
  error: "must be a duration from '1s' to '24h'",
});

export const rateLimit = section({
  /** Who is counted: 'ip', 'header:NAME' or 'claim:NAME' (of the token). Without it: by address. */
  per: countBy,
  /** Requests accepted in a window. */
  requests: whole(1, 1_000_000),
  /** The length of the window, from '1s' to '24h'. */
  window: secondToDay,
  /** `requests` holds for `scale.min` replicas and grows and shrinks with those that are ready. Default false. */
  followCapacity: yesOrNo.optional(),
});
