import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { asStateError } from './errors.ts';

export type Row = Record<string, SQLOutputValue>;

/** A SQLite connection with its statements prepared once; whatever it throws about the file is a coded error. */
export interface Sql {
  readonly path: string;
  /** One or more statements without values. */
  exec(text: string): void;
  run(text: string, ...values: readonly SQLInputValue[]): void;
  one(text: string, ...values: readonly SQLInputValue[]): Row | undefined;
  all(text: string, ...values: readonly SQLInputValue[]): readonly Row[];
  /** All of `work` or nothing of it; never nested. */
  transaction<T>(work: () => T): T;
  /** A second call does nothing. */
  close(): void;
}

/**
 * Waits at most two seconds for another process that is writing.
 * @throws TidegateError STATE_NOT_WRITABLE, STATE_CORRUPT (so do all methods)
 */
export function openSql(path: string, mode: 'write' | 'read' = 'write'): Sql {
  const coded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (thrown) {
      throw asStateError(path, thrown);
    }
  };
  const database = coded(
    () => new DatabaseSync(path, { readOnly: mode === 'read', timeout: BUSY_TIMEOUT_MS }),
  );
  const statements = new Map<string, StatementSync>();
  const prepared = (text: string): StatementSync => {
    let statement = statements.get(text);
    if (!statement) {
      statement = database.prepare(text);
      statements.set(text, statement);
    }
    return statement;
  };

  return {
    path,
    exec: (text) => coded(() => database.exec(text)),
    run: (text, ...values) => void coded(() => prepared(text).run(...values)),
    one: (text, ...values) => coded(() => prepared(text).get(...values)),
    all: (text, ...values) => coded(() => prepared(text).all(...values)),
    transaction(work) {
      return coded(() => {
        database.exec('BEGIN IMMEDIATE');
        try {
          const result = work();
          database.exec('COMMIT');
          return result;
        } catch (thrown) {
          // A full disk makes SQLite roll back by itself.
          if (database.isTransaction) database.exec('ROLLBACK');
          throw thrown;
        }
      });
    },
    close() {
      if (database.isOpen) coded(() => database.close());
    },
  };
}

// Private

const BUSY_TIMEOUT_MS = 2000;
