import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../temporary.ts';
import type { Failure, Progress, SenderOptions, Sent } from './sender.ts';

/** Who sent what, what became of it, and what the servers carried out: two accounts that are kept apart and compared. */
export interface Ledger {
  /** The keys of a service whose replicas write down what they carry out. */
  readonly service: { readonly command: readonly string[]; readonly env: Record<string, string> };
  /** Starts clients in a process of their own; they are ended after the test. */
  send(options: SenderOptions): Sender;
}

export interface Sender {
  progress(): Promise<Progress>;
  /** No new request after this; resolves when every one under way has ended. Rejects where next to nothing was sent. */
  finish(): Promise<Account>;
}

export interface Account {
  readonly gets: { readonly sent: number; readonly failures: readonly Failure[] };
  readonly posts: {
    readonly sent: number;
    readonly failures: readonly FailedPost[];
    /** Carried out more than once, whatever the client was told. */
    readonly twice: readonly number[];
    /** Answered well and yet never carried out. */
    readonly missing: readonly number[];
  };
}

export interface FailedPost extends Failure {
  readonly id: number;
  /** It failed for the client and was carried out all the same. */
  readonly executed: boolean;
}

/** One sender to a ledger: POSTs are numbered from 1. */
export function openLedger(t: Pick<TestContext, 'after'>): Ledger {
  const folder = temporaryFolder(t);
  return {
    service: {
      command: [process.execPath, join(import.meta.dirname, 'service.cjs')],
      env: { LEDGER: folder },
    },
    send(options) {
      const child = fork(join(import.meta.dirname, 'sender.ts'), [JSON.stringify(options)]);
      t.after(() => child.kill('SIGKILL'));
      const ask = asker(child);
      return {
        progress: () => ask<Progress>('progress'),
        finish: async () => accountOf(await ask<Sent>('finish'), executions(folder)),
      };
    },
  };
}

/** `'reset 3, status-503 1'`, `'none'`. */
export function kindsOf(failures: readonly Failure[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of failures) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none';
}

/** What a test prints of it, a line each. */
export function linesOf({ gets, posts }: Account): readonly string[] {
  const executed = posts.failures.filter((failure) => failure.executed).length;
  return [
    `GET: ${gets.sent} sent, ${gets.failures.length} failed (${kindsOf(gets.failures)})`,
    `POST: ${posts.sent} sent, ${posts.failures.length} failed (${kindsOf(posts.failures)})`,
    `of the failed POSTs ${executed} had been carried out, ${posts.failures.length - executed} had not; ` +
      `carried out twice: ${posts.twice.length}; answered and not carried out: ${posts.missing.length}`,
  ];
}

// Private

function asker(child: ChildProcess): <T>(question: 'progress' | 'finish') => Promise<T> {
  const gone = once(child, 'exit').then(() => {
    throw new Error('the clients ended by themselves');
  });
  // It ends after the last answer, too.
  gone.catch(() => undefined);
  return async <T>(question: string) => {
    const answer = once(child, 'message') as Promise<[T]>;
    child.send(question);
    return (await Promise.race([answer, gone]))[0];
  };
}

/** How often each number was carried out. */
function executions(folder: string): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)) {
      times.set(Number(line), (times.get(Number(line)) ?? 0) + 1);
    }
  }
  return times;
}

/** Fewer requests prove nothing, whatever became of them. */
const LEAST_SENT = 10;

function accountOf({ get, post }: Sent, executed: ReadonlyMap<number, number>): Account {
  if (Math.min(get.sent, post.sent) < LEAST_SENT) {
    throw new Error(`only ${get.sent} GETs and ${post.sent} POSTs were sent`);
  }
  const failed = new Set(post.failures.map(({ id }) => id));
  const all = Array.from({ length: post.sent }, (_, index) => index + 1);
  return {
    gets: get,
    posts: {
      sent: post.sent,
      failures: post.failures.map((failure) => ({
        ...failure,
        executed: executed.has(failure.id),
      })),
      twice: [...executed].filter(([, times]) => times > 1).map(([id]) => id),
      missing: all.filter((id) => !failed.has(id) && !executed.has(id)),
    },
  };
}
