import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { GatewayState, KeySet, VerificationKey } from './gateway.ts';
import type { Planned, Rendered } from './plan.ts';

/**
 * What may be written down of a plan: digests in place of every rendered text and of what is secret in the state, so that
 * the state file and its copies hold no secret, and can still say whether the files are those HAProxy was told.
 */
export function discreet(planned: Planned, nonce: string): Planned {
  const { state, slots, rendered } = planned;
  return { state: discreetState(state, nonce), slots, rendered: digestsOf(rendered, nonce) };
}

/**
 * Texts → digests, which only who knows the project's `nonce` can compute: nobody else can try guesses of a weak secret on
 * them. Whoever has the whole state file can, for the nonce is in it, too.
 */
export function digestsOf({ config, maps }: Rendered, nonce: string): Rendered {
  return {
    config: digest(config, nonce),
    maps: Object.fromEntries(
      Object.entries(maps).map(([name, text]) => [name, digest(text, nonce)]),
    ),
  };
}

/** What was remembered, with the secrets that did not change since: those of `now`. */
export function recalled(remembered: GatewayState, now: GatewayState, nonce: string): GatewayState {
  const { keys, certificate } = discreetState(now, nonce);
  return {
    ...remembered,
    ...(isDeepStrictEqual(keys, remembered.keys) && { keys: now.keys }),
    ...(certificate === remembered.certificate && { certificate: now.certificate }),
  };
}

// Private

function discreetState(state: GatewayState, nonce: string): GatewayState {
  const { keys, certificate } = state;
  return {
    ...state,
    keys: Object.fromEntries(
      Object.entries(keys).map(([name, set]) => [name, discreetKeys(set, nonce)]),
    ),
    certificate: certificate === null ? null : digest(certificate, nonce),
  };
}

function discreetKeys(set: KeySet, nonce: string): KeySet {
  return { ...set, keys: set.keys.map((key) => discreetKey(key, nonce)) };
}

function discreetKey(key: VerificationKey, nonce: string): VerificationKey {
  const { material } = key;
  if (material.kind === 'public') return key;
  return { ...key, material: { kind: 'secret', base64: digest(material.base64, nonce) } };
}

function digest(text: string, nonce: string): string {
  return createHmac('sha256', nonce).update(text).digest('base64url');
}
