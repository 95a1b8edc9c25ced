import { z } from 'zod';
import {
  countBy,
  headerName,
  headerValue,
  hostPattern,
  identifier,
  method,
  name,
  origin,
  requestPath,
  routePath,
  scope,
} from './safe-text.ts';
import { duration, list, named, oneOrMore, section, size, whole, yesOrNo } from './values.ts';

const rateLimit = section({
  /** Who is counted: 'ip' or 'header:NAME'. */
  per: countBy,
  /** Requests accepted in a window. */
  requests: whole(1, 1_000_000),
  /** The length of the window. */
  window: duration(),
  /** The limit grows and shrinks with the number of replicas. Default false. */
  followCapacity: yesOrNo.optional(),
});

const cache = section({
  /** How long an answer is kept. */
  ttl: duration(),
});

const cors = section({
  /** Pages of which origins may call: 'https://example.org', '*'. */
  origins: oneOrMore(origin, "an origin such as 'https://example.org' or '*', or a list"),
  /** Methods they may use. */
  methods: list(method).optional(),
  /** Headers they may send. */
  headers: list(headerName).optional(),
  /** Whether cookies may be sent along. Default false. */
  credentials: yesOrNo.optional(),
  /** How long browsers remember the answer. */
  maxAge: duration().optional(),
});

export const route = section({
  /** '/health' (exact), '/api/*' (it and all below), '/users/:id' (one segment). Default '/*'. */
  path: routePath.optional(),
  /** Only these methods: 'GET' or a list. Default: any. */
  methods: oneOrMore(method, "a method such as 'GET', or a list").optional(),
  /** Only these hosts: 'example.org', '*.example.org' or a list. Default: any. */
  host: oneOrMore(
    hostPattern,
    "a host such as 'example.org' or '*.example.org', or a list",
  ).optional(),
  /** Only with these headers: name and exact value, or '*' for present. Default: any. */
  headers: named(headerName, headerValue).optional(),
  /** The service that answers; { api: 90, next: 10 } splits by weight (not in this version). */
  service: z
    .union([name, named(name, whole(0, 256))], {
      error: "must be a service's name, or weights such as { api: 90, next: 10 }",
    })
    .optional(),
  /** One answer made of several: name and path of each part. Not in this version. */
  aggregate: named(identifier, requestPath).optional(),
  /** Which of `gateway.jwt` the caller must satisfy. Not in this version. */
  auth: name.optional(),
  /** Scopes the token must hold. Not in this version. */
  scopes: list(scope).optional(),
  /** How long the service may take to answer. Default 30 s. */
  timeout: duration().optional(),
  /** The largest request body. Default 10 MB. */
  bodyLimit: size.optional(),
  /** How many requests one caller may send. Not in this version. */
  rateLimit: rateLimit.optional(),
  /** Keeps answers at the gateway. Not in this version. */
  cache: cache.optional(),
  /** The path the service sees: '/v2/*'. Not in this version. */
  rewrite: routePath.optional(),
  /** Which other sites' pages may call. Not in this version. */
  cors: cors.optional(),
  /** Takes requests with `Prefer: respond-async` as tasks. Not in this version. */
  async: yesOrNo.optional(),
});
