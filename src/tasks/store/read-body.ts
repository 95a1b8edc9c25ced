import type { Queryable } from './open.ts';

/** Little enough that no statement takes long, or much memory: pg spells bytes out in hexadecimal. */
const PART = 4 << 20;

/** The body of a task, read in parts. Null: the task is gone. */
export async function readBody(db: Queryable, id: string, bytes: number): Promise<Buffer | null> {
  const body = Buffer.allocUnsafe(bytes);
  for (let read = 0; read < bytes; ) {
    const { rows } = await db.query<{ part: Buffer | null }>({ name: 'read-body', text: READ }, [
      id,
      read + 1,
      PART,
    ]);
    const part = rows[0]?.part;
    if (!part || part.length === 0) return null;
    read += part.copy(body, read);
  }
  return body;
}

// Private

const READ = 'select substring(body from $2 for $3) as part from tidegate.tasks where id = $1';
