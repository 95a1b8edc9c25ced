import { filePath, listenHost, name, urlText } from './safe-text.ts';
import { route } from './route.ts';
import { list, named, oneOf, oneOrMore, section, whole, yesOrNo } from './values.ts';

const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'HS256',
  'HS384',
  'HS512',
] as const;

const tls = section({
  /** The certificate and its chain, PEM. */
  cert: filePath,
  /** Its private key, PEM. */
  key: filePath,
});

const jwt = section({
  /** Signature algorithms accepted. */
  algorithms: list(oneOf(ALGORITHMS)).min(1, { error: 'must name at least one algorithm' }),
  /** The key set: a file or an address. */
  keys: urlText,
  /** The `iss` the token must carry. */
  issuer: urlText.optional(),
  /** The `aud` the token must carry. */
  audience: oneOrMore(urlText, 'an audience or a list').optional(),
});

export const gateway = section({
  /** Address to listen on. Default '127.0.0.1'; '0.0.0.0' opens it to the network. */
  host: listenHost.optional(),
  /** Port to listen on. Default 8080. */
  port: whole(1, 65_535).optional(),
  /** Adds HTTPS and HTTP/2. Not in this version. */
  tls: tls.optional(),
  /** Key sets that routes name in `auth`. Not in this version. */
  jwt: named(name, jwt).optional(),
  /** In order: the first match wins. Default with one service: everything to it. */
  routes: list(route).optional(),
  /** Writes one JSON line for each request. Default false. */
  accessLog: yesOrNo.optional(),
  /** Compresses text answers. Default true. */
  compression: yesOrNo.optional(),
});
