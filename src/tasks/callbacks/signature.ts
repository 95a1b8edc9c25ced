import { createHmac } from 'node:crypto';
import { badWebhookSecret } from '../errors.ts';

/** The headers that tell a receiver that a callback is of this project, and is the one it says: Standard Webhooks 1.0. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

export type Sign = (id: string, atMs: number, payload: string) => SignedHeaders;

/**
 * Signs with the key that stands in base64 behind `whsec_`, or with a text that begins otherwise as it is.
 * @throws TidegateError BAD_WEBHOOK_SECRET
 */
export function signer(secret: string): Sign {
  const key = keyOf(secret);
  return (id, atMs, payload) => {
    const timestamp = String(Math.floor(atMs / 1000));
    const signed = createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`);
    return {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signed.digest('base64')}`,
    };
  };
}

// Private

/** Fewer bytes are no secret; the standard asks for 24 to 64. */
const LEAST_BYTES = 24;

function keyOf(secret: string): Buffer {
  const text = secret.trim();
  const base64 = /^whsec_([A-Za-z0-9+/]*={0,2})$/.exec(text)?.[1];
  const raw = text.startsWith('whsec_') ? '' : text;
  const key = base64 === undefined ? Buffer.from(raw) : Buffer.from(base64, 'base64');
  if (key.length < LEAST_BYTES) throw badWebhookSecret(LEAST_BYTES);
  return key;
}
