import { createHash } from 'node:crypto';
import type { Idempotency, Sender } from '../new-task.ts';

/** What of a request makes it the same as another. */
export interface Fingerprinted {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** The sender's key, without the quotes of the IETF draft; null: it is not one of 1 to 255 visible characters. */
export function readKey(header: string): string | null {
  const text = header.trim();
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text;
  return /^[\x21-\x7e]{1,255}$/.test(key) ? key : null;
}

/** A key means something to one sender in one queue only. */
export function idempotencyOf(
  key: string,
  scope: { readonly sender: Sender | null; readonly queue: string },
  request: Fingerprinted,
): Idempotency {
  return {
    // Of a length that an index takes, whatever a subject is.
    key: digest([...senderParts(scope.sender), scope.queue, key]).toString('base64url'),
    fingerprint: digest([request.method, request.path, request.contentType, request.body]),
  };
}

// Private

function senderParts(sender: Sender | null): readonly string[] {
  return sender === null ? [] : [sender.issuer, sender.subject];
}

function digest(parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) {
    // With its length, or the end of one could be the start of the next.
    hash.update(`${Buffer.byteLength(part)}:`);
    hash.update(part);
  }
  return hash.digest();
}
