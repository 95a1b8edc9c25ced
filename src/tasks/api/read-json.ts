import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import { badRequest, bodyTooLarge, tooBusy } from './refusals.ts';
import { readBody } from './read-body.ts';
import type { Room } from './room.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The object that a request carries; none is an empty one. `gone`: the client is. */
export async function readJson(
  request: IncomingMessage,
  limitBytes: number,
  room: Room,
): Promise<
  | { readonly kind: 'read'; readonly json: Json }
  | { readonly kind: 'refused'; readonly answer: Answer | null }
> {
  const read = await readBody(request, limitBytes, room);
  if (read.kind === 'gone') return { kind: 'refused', answer: null };
  if (read.kind === 'too-large') return { kind: 'refused', answer: bodyTooLarge(limitBytes) };
  if (read.kind === 'no-room') return { kind: 'refused', answer: tooBusy() };
  read.release();
  const json = parse(read.body.toString('utf8'));
  if (json === null) {
    return { kind: 'refused', answer: badRequest(['The body has to be a JSON object.']) };
  }
  return { kind: 'read', json };
}

// Private

function parse(text: string): Json | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Json)
      : null;
  } catch {
    return null;
  }
}
