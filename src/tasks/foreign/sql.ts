import pg from 'pg';
import type { ForeignQueue } from './foreign-queue.ts';
import { lengthOf } from './length.ts';

const ANSWER_MS = 2_000;

/** One number that a query answers, asked in a transaction that can only read. */
export function sqlNumber(url: () => string, query: string, answerMs = ANSWER_MS): ForeignQueue {
  let client: pg.Client | null = null;

  const letGo = (which: pg.Client): void => {
    if (client === which) client = null;
    // One that hangs is not waited for.
    void which.end().catch(() => undefined);
  };
  const connect = async (): Promise<pg.Client> => {
    const made = new pg.Client({
      connectionString: url(),
      application_name: 'tidegate backlog',
      connectionTimeoutMillis: answerMs,
      statement_timeout: answerMs,
      query_timeout: answerMs + 500,
      keepAlive: true,
    });
    made.on('error', () => letGo(made));
    await made.connect();
    client = made;
    return made;
  };

  return {
    async length() {
      const asked = client ?? (await connect());
      try {
        await asked.query('begin transaction read only');
        const { rows } = await asked.query<unknown[]>(oneStatement(query));
        await asked.query('rollback');
        if (rows.length !== 1 || rows[0]?.length !== 1)
          throw new Error(
            `the query has to answer one row of one column; it answered ${rows.length} of ${rows[0]?.length ?? 0}`,
          );
        return lengthOf(rows[0][0]);
      } catch (thrown) {
        // In the middle of a transaction, or of an answer.
        letGo(asked);
        throw thrown;
      }
    },
    async close() {
      if (client) letGo(client);
    },
  };
}

// Private

/** What stands behind a semicolon is refused, and cannot end the transaction. The types of pg do not know `queryMode`. */
function oneStatement(text: string): pg.QueryArrayConfig & { readonly queryMode: 'extended' } {
  return { text, rowMode: 'array', queryMode: 'extended' };
}
