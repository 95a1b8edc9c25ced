import { z } from 'zod';
import { aggregate } from './aggregate.ts';
import { cache } from './cache.ts';
import { claims } from './jwt.ts';
import { rateLimit } from './rate-limit.ts';
import {
  headerName,
  headerText,
  headerValue,
  hostPattern,
  method,
  name,
  origin,
  routePath,
  scope,
} from './safe-text.ts';
import { duration, list, named, oneOrMore, section, size, whole, yesOrNo } from './values.ts';

const cors = section({
  /** Pages of which origins may call: 'https://example.org', '*'. */
  origins: oneOrMore(origin, "an origin such as 'https://example.org' or '*', or a list"),
  /** Methods they may use. Default: the route's, or else any. */
  methods: list(method).optional(),
  /** Headers they may send. Default: any. */
  headers: list(headerName).optional(),
  /** Whether cookies may be sent along. Default false. */
  credentials: yesOrNo.optional(),
  /** How long browsers remember the answer. Default 10 m. */
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
  /** The service that answers; { api: 90, next: 10 } splits by weight. */
  service: z
    .union([name, named(name, whole(0, 256))], {
      error: "must be a service's name, or weights such as { api: 90, next: 10 }",
    })
    .optional(),
  /** In place of service, one answer made of several: name and path of each part. */
  aggregate: aggregate.optional(),
  /** Which of `gateway.jwt` the caller must satisfy. Default: anybody may call. */
  auth: name.optional(),
  /** Scopes the token must hold, all of them. */
  scopes: list(scope).optional(),
  /** Claims the token must have: { role: 'admin' }, or a list of which one is enough. */
  claims: claims.optional(),
  /** How long the service may take to answer. Default 30 s. */
  timeout: duration().optional(),
  /** The largest request body. Default 10 MB. */
  bodyLimit: size.optional(),
  /** Refuses a body whose length is not announced: it cannot be held to the limit. Default false. */
  lengthRequired: yesOrNo.optional(),
  /** How many requests one caller may send. Default: any number. */
  rateLimit: rateLimit.optional(),
  /** Keeps answers at the gateway. Default: none. */
  cache: cache.optional(),
  /** The path the service sees: '/v2/*', '/users/:id'. Default: as it came. */
  rewrite: routePath.optional(),
  /** Headers the service gets: name and value, null removes. */
  requestHeaders: named(headerName, headerText.nullable()).optional(),
  /** Headers the client gets: name and value, null removes. */
  responseHeaders: named(headerName, headerText.nullable()).optional(),
  /** Which other sites' pages may call. Default: none. */
  cors: cors.optional(),
  /** Takes requests with `Prefer: respond-async` as tasks. Default false. */
  async: yesOrNo.optional(),
});
