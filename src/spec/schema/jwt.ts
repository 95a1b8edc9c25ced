import { z } from 'zod';
import { ALGORITHMS } from '../spec.ts';
import { headerName, identifier, line, secret, urlText } from './safe-text.ts';
import { duration, list, named, oneOf, oneOrMore, section } from './values.ts';

const KEYS_RULE =
  "must be where the keys are: the path of a PEM or JWKS file, 'https://…', or a secret { env: 'NAME' } or { file: 'PATH' }";

/** Who may be a caller: which tokens are believed. */
export const jwt = section({
  /** Signature algorithms accepted: ['RS256']. HS… beside others is refused: a public key would pass for a secret. */
  algorithms: list(oneOf(ALGORITHMS)).min(1, { error: 'must name at least one algorithm' }),
  /** A PEM or JWKS file, an https address of a JWKS, or a secret: { env: 'NAME' }. */
  keys: z.union([line, secret], { error: KEYS_RULE }),
  /** The `iss` a token must carry. Default: any. */
  issuer: urlText.optional(),
  /** The `aud` a token must carry, or a list of which it must carry one. Default: any. */
  audience: oneOrMore(urlText, 'an audience or a list').optional(),
  /** How far the clocks of issuer and gateway may differ. Default 30 s. */
  clockSkew: duration(0).optional(),
  /** Claims the service gets as request headers: { sub: 'x-user-id' }, which is the default. */
  forward: named(identifier, headerName).optional(),
});

const CLAIM_RULE = 'must be a value a claim may have (text, a number, true or false), or a list';

const claimValue = z
  .union([line, z.number(), z.boolean()], { error: CLAIM_RULE })
  .transform((value) => String(value));

/** Claim → the value a token must have there, or several of which it must have one. */
export const claims = named(identifier, oneOrMore(claimValue, CLAIM_RULE.replace('must be ', '')));
