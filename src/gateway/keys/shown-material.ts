import type { Clock } from '../../kit/clock.ts';
import type { GatewaySpec, JwtSpec } from '../../spec/spec.ts';
import type { KeySet, VerificationKey } from '../gateway.ts';
import { parseJwks } from './jwks.ts';
import type { Known } from './material.ts';
import { keysAtHand } from './sources.ts';
import { Unusable } from './unusable.ts';

/** In place of what is secret: of the same form, so that what is rendered with it looks as it will. */
const HIDDEN = Buffer.from('hidden').toString('base64');

const HIDDEN_CERTIFICATE = ['CERTIFICATE', 'PRIVATE KEY']
  .map((label) => `-----BEGIN ${label}-----\n${HIDDEN}\n-----END ${label}-----\n`)
  .join('');

/**
 * What can be shown of the gateway's keys and certificate without starting anything: public keys as they stand in files
 * and as addresses gave them last (`remembered`), no secret. What cannot be read is not there.
 */
export function shownMaterial(
  gateway: GatewaySpec,
  remembered: (url: string) => string | null,
  clock: Clock,
): Known {
  const keys = Object.entries(gateway.jwt).map(([name, jwt]): [string, KeySet] => [
    name,
    {
      checkedAtS: Math.floor(clock.now() / 1000),
      mayGrow: jwt.keys.kind === 'url',
      keys: shownKeys(jwt, remembered),
    },
  ]);
  return {
    keys: Object.fromEntries(keys),
    certificate: gateway.tls ? HIDDEN_CERTIFICATE : null,
  };
}

// Private

function shownKeys(
  jwt: JwtSpec,
  remembered: (url: string) => string | null,
): readonly VerificationKey[] {
  const { keys: source, algorithms } = jwt;
  if (source.kind === 'secret')
    return [{ keyId: null, algorithms, material: { kind: 'secret', base64: HIDDEN } }];
  try {
    if (source.kind === 'file') return (keysAtHand(jwt, neverAsked)?.value ?? []).map(hidden);
    const text = remembered(source.url);
    return text === null ? [] : parseJwks(text, algorithms, { secrets: false }).keys;
  } catch (thrown) {
    if (thrown instanceof Unusable) return [];
    throw thrown;
  }
}

function hidden(key: VerificationKey): VerificationKey {
  if (key.material.kind === 'public') return key;
  return { ...key, material: { kind: 'secret', base64: HIDDEN } };
}

function neverAsked(): never {
  throw new Error('a secret is not asked for');
}
