import { listenHost, name, network } from './safe-text.ts';
import { jwt } from './jwt.ts';
import { rateLimit } from './rate-limit.ts';
import { route } from './route.ts';
import { tls } from './tls.ts';
import { list, named, oneOf, section, whole, yesOrNo } from './values.ts';

export const gateway = section({
  /** Address to listen on. Default '127.0.0.1'; '0.0.0.0' opens it to the network. */
  host: listenHost.optional(),
  /** Port to listen on. Default 8080. */
  port: whole(1, 65_535).optional(),
  /** Adds HTTPS and HTTP/2 on a port of its own. */
  tls: tls.optional(),
  /** Who may be a caller, by the name that routes use in `auth`. */
  jwt: named(name, jwt).optional(),
  /** How many requests one caller may send to all routes together. Default: any number. */
  rateLimit: rateLimit.optional(),
  /** In order: the first match wins. Default with one service: everything to it. */
  routes: list(route).optional(),
  /** Proxies in front: from them `X-Forwarded-For` and `-Proto` are believed. Default: none. */
  trustedProxies: list(network).optional(),
  /** Tells services of the client in the standard header `Forwarded`, too. Default false. */
  forwarded: yesOrNo.optional(),
  /** Adds security headers to answers that lack them. Default false. */
  securityHeaders: yesOrNo.optional(),
  /** What becomes of a path that services may read as another: 'strict' refuses it, 'as-sent' does not. Default 'strict'. */
  paths: oneOf(['strict', 'as-sent']).optional(),
  /** Writes one JSON line for each request. Default false. */
  accessLog: yesOrNo.optional(),
  /** Compresses text answers. Default true. */
  compression: yesOrNo.optional(),
});
