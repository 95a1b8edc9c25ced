import { randomBytes } from 'node:crypto';
import type { QueueSpec } from '../spec/tasks.ts';

/** A task before it is written. */
export interface UnwrittenTask {
  /** 32 hexadecimal digits: 128 random bits. */
  readonly id: string;
  readonly queue: string;
  readonly priority: number;
  /** 0: ready at once. */
  readonly delayMs: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly sender: Sender | null;
  readonly retries: number;
  readonly timeoutMs: number;
  readonly callback: string | null;
  readonly idempotency: Idempotency | null;
}

/** Who sent a task, as the gateway verified it. */
export interface Sender {
  /** The `sub` of the token. */
  readonly subject: string;
  /** Who vouches for it: the same `sub` of another is somebody else. */
  readonly issuer: string;
}

export interface Idempotency {
  /** Unique among all: of sender, queue and what the sender chose. */
  readonly key: string;
  /** Tells another request with the same key. */
  readonly fingerprint: Buffer;
}

/** What a sender said; the rest is as the queue says. */
export interface TaskWishes {
  readonly delayMs?: number | undefined;
  readonly priority?: number | undefined;
  readonly retries?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly callback?: string | undefined;
}

export interface TaskContent {
  /** Without it, POST to the path of the queue. */
  readonly target?: { readonly method: string; readonly path: string };
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly sender?: Sender | null;
  readonly idempotency?: Idempotency | null;
}

/** A task for a queue, with an id of its own. */
export function newTask(
  queue: QueueSpec,
  content: TaskContent,
  wishes: TaskWishes = {},
): UnwrittenTask {
  const { target = { method: 'POST', path: queue.path } } = content;
  return {
    id: randomBytes(16).toString('hex'),
    queue: queue.name,
    priority: wishes.priority ?? 0,
    delayMs: wishes.delayMs ?? 0,
    method: target.method,
    path: target.path,
    headers: content.headers,
    body: content.body,
    sender: content.sender ?? null,
    retries: wishes.retries ?? queue.retries,
    timeoutMs: wishes.timeoutMs ?? queue.timeoutMs,
    callback: wishes.callback ?? null,
    idempotency: content.idempotency ?? null,
  };
}
