import { z } from 'zod';
import { POLICIES } from '../spec.ts';
import {
  duration,
  fraction,
  fractionAbove0,
  list,
  oneOf,
  positive,
  replicas,
  section,
  whole,
} from './values.ts';

/** Local replicas take their ports from a range of 10,000; a thousand of one service is beyond one machine. */
const MOST_REPLICAS = 1000;

const off = z.literal(false, { error: 'must be false' });

/** A value, or `false` to take the rule away. */
function rule<Value extends z.ZodType>(value: Value, what: string) {
  return z.union([off, value], { error: `must be ${what}, or false for no such rule` }).optional();
}

const FRACTION = "a fraction such as '70%' or 0.7";
const TIME = "a duration such as '200ms' or '1s'";
const COUNT = 'a number above 0';

const thresholds = section({
  /** Fraction of `resources.cpu`, else of one core. Default: up 70 %, down 20 %. */
  cpu: rule(fractionAbove0, FRACTION),
  /** Fraction of `resources.memory`, the largest replica. Default: up 80 %, down 40 %. */
  memory: rule(fractionAbove0, FRACTION),
  /** 95th percentile at the gateway, queueing included. Default: up 1 s, down 200 ms. */
  latency: rule(duration(), TIME),
  /** 99th percentile of a Node replica's event-loop delay. No default. */
  eventLoopDelay: rule(duration(), TIME),
  /** Requests in flight per replica. No default. */
  concurrency: rule(positive('requests in flight'), COUNT),
  /** Requests a second per replica. No default. */
  rps: rule(positive('requests a second'), COUNT),
  /** Requests waiting at the gateway. No default. */
  queued: rule(positive('waiting requests'), COUNT),
  /** Tasks waiting, for a service that works off a queue. No default. */
  backlog: rule(positive('waiting tasks'), COUNT),
});

const target = section({
  /** Requests in flight per replica. Default: 70 % of the service's `concurrency`, else 10. */
  concurrency: positive('requests in flight').optional(),
  /** Requests a second per replica. */
  rps: positive('requests a second').optional(),
  /** Fraction of `resources.cpu`, else of one core. */
  cpu: fractionAbove0.optional(),
  /** Fraction of `resources.memory`. */
  memory: fractionAbove0.optional(),
  /** 95th percentile at the gateway. */
  latency: duration().optional(),
  /** How long what waits may take to be worked off. Default where the service does nothing else: 30 s. */
  drainTime: duration().optional(),
  /** Tasks waiting per replica. */
  backlog: positive('waiting tasks').optional(),
}).refine((given) => Object.values(given).some((value) => value !== undefined), {
  error: 'must name at least one signal',
});

/** With less than a twentieth of each replica in use the count would be of no use to anybody. */
const headroom = fraction.refine((value) => value <= 0.95, {
  error: "must be a fraction from 0 to '95%'",
});

const slo = section({
  /** What the user is promised. */
  latency: duration(),
  /** Of which share of the requests; default 95. */
  percentile: whole(1, 99).optional(),
  /** The part of what one replica can do that is kept free for what was not foreseen. Default 20 %. */
  headroom: headroom.optional(),
});

const burst = section({
  /** The short window that notices a jump. Default 3 s. */
  window: duration(100).optional(),
  /** How far above the target the short window must be to rule. Default 2. */
  factor: z
    .number({ error: 'must be a number above 1' })
    .gt(1, { error: 'must be a number above 1' })
    .optional(),
});

const cooldown = section({
  /** Least time between two steps up. Default 3 s. */
  up: duration(0).optional(),
  /** Least time between two steps down. Default 60 s. */
  down: duration(0).optional(),
});

const brake = section({
  /** Fraction of requests answered 5xx above which nothing scales up; false: no brake. Default 5 %. */
  errors: rule(fraction, FRACTION),
});

export const scale = section({
  /** Fewest replicas: a number or 'cores'. Default 1; with 0 it sleeps when nobody asks. */
  min: replicas(0, MOST_REPLICAS).optional(),
  /** Most replicas: a number or 'cores'. Default 10. */
  max: replicas(1, MOST_REPLICAS).optional(),
  /** How the count follows the load. Default 'linear'. */
  policy: oneOf(POLICIES).optional(),
  /** Any of these crossed: one replica more. Replaced key by key. */
  up: thresholds.optional(),
  /** All of these undercut: one replica less. Replaced key by key. */
  down: thresholds.optional(),
  /** What stops scaling up: more replicas do not cure a bug. */
  brake: brake.optional(),
  /** What the policy 'target' holds; the largest answer wins. Replaces the default as a whole. */
  target: target.optional(),
  /** What the policy 'slo' promises, and it needs. */
  slo: slo.optional(),
  /** How often the count is decided. Default 1 s. */
  interval: duration(100).optional(),
  /** The time over which signals are taken. Default 10 s. */
  window: duration(100).optional(),
  /** The short window of the policy 'target'. */
  burst: burst.optional(),
  /** Least time between changes in the same direction. */
  cooldown: cooldown.optional(),
  /** With `min: 0`, how long without requests before the last replica goes. Default: `cooldown.down`. */
  sleepAfter: duration().optional(),
  /** Policies that decide beside the live one, for comparison, and never act. */
  shadow: list(oneOf(POLICIES)).optional(),
});
