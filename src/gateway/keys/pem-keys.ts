import { X509Certificate, createPublicKey, type KeyObject } from 'node:crypto';
import { messageOf } from '../../kit/errors.ts';
import type { Algorithm } from '../../spec/spec.ts';
import type { VerificationKey } from '../gateway.ts';
import { pemBlocks, type PemBlock } from './pem.ts';
import { algorithmsFor, kindOf, weakness } from './public-key.ts';
import { takesSecret } from './secret-key.ts';
import { Unusable } from './unusable.ts';

/**
 * The public keys of a PEM text, of its certificates too; they fit tokens that name any key.
 * @throws Unusable
 */
export function pemKeys(
  text: string,
  algorithms: readonly Algorithm[],
): readonly VerificationKey[] {
  const blocks = pemBlocks(text);
  if (blocks.some(({ label }) => label.endsWith('PRIVATE KEY')))
    throw new Unusable(
      'holds a private key, which only who signs tokens may have: give the public one (openssl pkey -pubout)',
    );
  const secret = algorithms.find(takesSecret);
  if (secret !== undefined)
    throw new Unusable(`holds public keys, which ${secret} must never use: everybody knows them`);
  const keys = blocks.filter(({ label }) => /^(?:CERTIFICATE|(?:RSA )?PUBLIC KEY)$/.test(label));
  if (keys.length === 0) throw new Unusable('holds no public key and no certificate');
  return keys.map((block) => publicKey(read(block), algorithms, null));
}

/** @throws Unusable where it is weak, or fits none of the algorithms */
export function publicKey(
  key: KeyObject,
  algorithms: readonly Algorithm[],
  keyId: string | null,
): VerificationKey {
  const weak = weakness(key);
  if (weak !== null) throw new Unusable(`holds ${weak}`);
  const fitting = algorithmsFor(key, algorithms);
  if (fitting.length === 0)
    throw new Unusable(`holds ${kindOf(key)}, which does not fit ${algorithms.join(', ')}`);
  const pem = key.export({ type: 'spki', format: 'pem' }) as string;
  return { keyId, algorithms: fitting, material: { kind: 'public', pem } };
}

// Private

function read({ label, text }: PemBlock): KeyObject {
  try {
    return label === 'CERTIFICATE' ? new X509Certificate(text).publicKey : createPublicKey(text);
  } catch (thrown) {
    throw new Unusable(`holds a ${label} that cannot be read (${messageOf(thrown)})`);
  }
}
