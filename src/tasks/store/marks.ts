import { idOf } from '../task-view.ts';
import type { Queryable } from './open.ts';

/**
 * Of each task that exists, what is another after each change that is shown: cheap to ask for thousands.
 * Ids without dashes.
 */
export async function marksOf(
  db: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ id: string; mark: string }>({
    name: 'tidegate-marks',
    text: MARKS,
    values: [ids],
  });
  return new Map(rows.map(({ id, mark }) => [idOf(id), mark]));
}

// Private

const MARKS = `
select t.id, concat_ws(' ', t.state, t.attempt, t.failures, t.postponements, t.not_before, t.finished_at,
  c.state, c.attempts) as mark
from tidegate.tasks t left join tidegate.callbacks c on c.task = t.id where t.id = any ($1)`;
