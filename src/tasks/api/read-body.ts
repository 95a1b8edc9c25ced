import type { IncomingMessage } from 'node:http';
import type { Room } from './room.ts';

export type ReadBody =
  /** `release` gives the room back that it takes, once nobody needs it any more. */
  | { readonly kind: 'read'; readonly body: Buffer; release(): void }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'no-room' }
  /** The client went before it had sent it. */
  | { readonly kind: 'gone' };

/** The body of a request, up to `limitBytes`, counted as it comes: a length that was not announced is bounded, too. */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
  room: Room,
): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return { kind: 'too-large' };
  const chunks: Buffer[] = [];
  let bytes = 0;
  let kept = false;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const piece = chunk as Buffer;
      if (bytes + piece.length > limitBytes) return { kind: 'too-large' };
      if (!room.take(piece.length)) return { kind: 'no-room' };
      bytes += piece.length;
      chunks.push(piece);
    }
    kept = true;
    const [first] = chunks;
    const body = first && chunks.length === 1 ? first : Buffer.concat(chunks);
    return { kind: 'read', body, release: () => room.give(bytes) };
  } catch {
    return { kind: 'gone' };
  } finally {
    if (!kept) room.give(bytes);
  }
}
