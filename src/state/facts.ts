import { parseJson, toJson } from './json.ts';
import type { Sql } from './sql.ts';
import type { FactStore } from './store.ts';

export function createFactStore(sql: Sql): FactStore {
  return {
    get: (name) => parseJson(sql.one('SELECT value FROM facts WHERE name = ?', name)?.['value']),
    set(name, value) {
      sql.run(
        `INSERT INTO facts (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        name,
        toJson(value),
      );
    },
  };
}
