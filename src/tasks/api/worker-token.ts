import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, problem } from './answer.ts';

/** Why a request is not one of a worker of ours; null: it is. How long that takes says nothing of the token. */
export function refuseStranger(headers: IncomingHttpHeaders, token: string): Answer | null {
  const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  if (timingSafeEqual(digest(given), digest(token))) return null;
  return problem(401, 'UNAUTHORIZED', 'Only workers that show the token may do this.', {
    headers: { 'www-authenticate': 'Bearer realm="tidegate"' },
    hint: 'It is in .tidegate/worker-token, or where tasks.workerToken says.',
  });
}

// Private

/** Of the same length, whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
