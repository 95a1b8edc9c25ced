import type { IncomingHttpHeaders } from 'node:http';
import { TASK_HEADERS } from '../../spec/tasks-program.ts';
import type { Sender } from '../new-task.ts';

/** Whoever asks, as the gateway verified it; null: nobody was asked who it is. */
export function senderOf(headers: IncomingHttpHeaders): Sender | null {
  const subject = headers[TASK_HEADERS.subject];
  if (subject === undefined) return null;
  return { subject: String(subject), issuer: String(headers[TASK_HEADERS.issuer] ?? '') };
}

/** Whether what was sent by `sender` is shown to `asker`; what nobody in particular has sent is to all. */
export function mayLook(sender: Sender | null, asker: Sender | null): boolean {
  if (sender === null) return true;
  return sender.subject === asker?.subject && sender.issuer === asker.issuer;
}
