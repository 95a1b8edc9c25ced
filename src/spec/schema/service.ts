import { z } from 'zod';
import {
  identifier,
  hashBy,
  image,
  line,
  name,
  osText,
  requestPath,
  secret,
  secretUrl,
  userName,
} from './safe-text.ts';
import { scale } from './scale.ts';
import {
  duration,
  fraction,
  named,
  oneOf,
  positive,
  section,
  size,
  whole,
  yesOrNo,
} from './values.ts';

const health = section({
  /** 2xx or 3xx is healthy. Default: a TCP connection that opens. */
  path: requestPath.optional(),
  /** Time between probes. Default 1 s. */
  interval: duration(100).optional(),
  /** How long a probe waits for the answer. Default 2 s. */
  timeout: duration().optional(),
  /** How long a replica may take from start to its first healthy answer. Default 60 s. */
  startup: duration().optional(),
  /** Continuous failure after which a replica is replaced. Default 60 s. */
  replaceAfter: duration().optional(),
});

const resources = section({
  /** Cores a replica is meant to use; the unit of the cpu thresholds. */
  cpu: positive('cores').optional(),
  /** A replica above it for 10 s is replaced, start-first. */
  memory: size.optional(),
});

const breaker = section({
  /** Fraction of failed attempts above which a replica is taken out, and where all err the service refused. */
  errors: fraction.refine((value) => value < 1, {
    error: "must be a fraction below 1: nothing is above '100%'",
  }),
  /** The time over which they are counted. */
  window: duration(1000),
});

const update = section({
  /** Replicas started at once by a deploy. Default 1. */
  maxSurge: whole(1, 100).optional(),
});

const backlog = z.union(
  [
    section({
      /** The Redis list whose length is the backlog; BullMQ's is 'bull:NAME:wait'. */
      redisList: line,
      /** The address of the server, or a secret that holds it. Default: the only Redis in `databases`. */
      url: secretUrl.optional(),
      /** In place of url, which of `databases` it is. */
      database: name.optional(),
    }),
    section({
      /** A query to PostgreSQL that answers one number. */
      sql: line,
      /** The address of the server, or a secret that holds it. Default: the only PostgreSQL in `databases`. */
      url: secretUrl.optional(),
      /** In place of url, which of `databases` it is. */
      database: name.optional(),
    }),
    section({
      /** An address that answers JSON. */
      http: line,
      /** Where in the answer the number is: 'a.b'. Default: the answer is the number. */
      path: line.optional(),
    }),
  ],
  {
    error: 'must be { redisList }, { sql } or { http, path }',
  },
);

const signals = section({
  /** Where the number of waiting jobs is read. Default: its queues in `tasks`. */
  backlog: backlog.optional(),
});

const COMMAND_RULE = "must be a command such as 'node server.js', or a list: ['node', 'server.js']";

const command = z.union([osText, z.array(osText).min(1, { error: COMMAND_RULE })], {
  error: COMMAND_RULE,
});

export const service = section({
  /** What a replica runs: text or a list. $PORT and $HOST are filled in. */
  command: command.optional(),
  /** The container image, for Docker Swarm. Not in this version. */
  image: image.optional(),
  /** The port inside the container, for Docker Swarm. Not in this version. */
  port: whole(1, 65_535).optional(),
  /** Folder the command runs in, from the configuration's. Default: the configuration's. */
  cwd: osText.optional(),
  /** Variables of the replicas: text, or a secret as { env: 'NAME' } or { file: 'PATH' }. */
  env: named(
    identifier,
    z.union([osText, secret], {
      error: "must be text, or a secret: { env: 'NAME' } or { file: 'PATH' }",
    }),
  ).optional(),
  /** The user the replicas run as; needs root. Default: ours. */
  user: userName.optional(),
  /** How a replica shows that it works. */
  health: health.optional(),
  /** What a replica may use. */
  resources: resources.optional(),
  /** Requests in flight per replica; more wait at the gateway. Default: no limit. */
  concurrency: whole(1, 100_000).optional(),
  /** Which replica gets the next request. Default 'least-connections'. */
  balance: oneOf(['least-connections', 'round-robin', 'random', 'hash']).optional(),
  /** What `balance: 'hash'` looks at: 'ip', 'header:NAME' or 'cookie:NAME'. */
  hashBy: hashBy.optional(),
  /** Keeps a client on its replica with a cookie. Default false. */
  sticky: yesOrNo.optional(),
  /** Attempts elsewhere, only when that is safe. Default 2. */
  retries: whole(0, 10).optional(),
  /** Takes out for a while what errs: a replica, or the service where all do. Default: only checks do. */
  breaker: breaker.optional(),
  /** A new replica gets its full share only after this time. Default: at once. */
  slowStart: duration().optional(),
  /** How long a leaving replica may finish its requests. Default: the longest timeout of its routes and queues, at least 30 s. */
  drain: duration(0).optional(),
  /** How a deploy goes about it. */
  update: update.optional(),
  /** Where further signals come from. */
  signals: signals.optional(),
  /** How many replicas, and when more or fewer. */
  scale: scale.optional(),
});
