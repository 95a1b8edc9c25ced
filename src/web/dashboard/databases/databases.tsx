import type { JSX } from 'preact';
import type { DatabaseStatus } from '../../contract.ts';
import { databaseFacts, databaseTone } from './database-words.ts';

/** One line for each database; nothing where there are none. */
export function Databases({
  databases,
}: {
  databases: readonly DatabaseStatus[];
}): JSX.Element | null {
  if (databases.length === 0) return null;
  return (
    <section class="databases" aria-label="Databases">
      <header class="part-head">
        <h2>Databases</h2>
      </header>
      <ul class="lines">
        {databases.map((database) => (
          <li key={database.name}>
            <strong>{database.name}</strong>
            <span class={`state ${databaseTone(database)}`}>{database.state}</span>
            <span class="quiet">{databaseFacts(database)}</span>
            {database.problem !== null && <span class="bad">{database.problem}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
