import type { Algorithm } from '../../spec/spec.ts';
import type { VerificationKey } from '../gateway.ts';
import { parseJwks } from './jwks.ts';
import { pemKeys } from './pem-keys.ts';
import { takesSecret } from './secret-key.ts';
import { Unusable } from './unusable.ts';

/**
 * The keys of a file, PEM or JWKS. A file is in our user's hands, so that nothing in it is passed over that is weak or
 * private: it has to be mended. @throws Unusable
 */
export function fileKeys(
  text: string,
  algorithms: readonly Algorithm[],
): readonly VerificationKey[] {
  if (algorithms.some(takesSecret) && !algorithms.every(takesSecret))
    throw new Unusable(
      `cannot serve ${algorithms.join(', ')} at once: secrets and public keys do not mix`,
    );
  if (text.includes('-----BEGIN ')) return pemKeys(text, algorithms);
  if (!text.trimStart().startsWith('{'))
    throw new Unusable('is neither PEM (-----BEGIN PUBLIC KEY-----) nor a JSON Web Key Set');
  const { keys, refused } = parseJwks(text, algorithms, { secrets: algorithms.every(takesSecret) });
  if (refused.length > 0) throw new Unusable(`holds what must not be used: ${refused.join('; ')}`);
  return keys;
}
