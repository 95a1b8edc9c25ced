import type { Sql } from './sql.ts';
import type { ControlStore } from './store.ts';

export function createControlStore(sql: Sql): ControlStore {
  return {
    get(service) {
      const row = sql.one('SELECT paused, pinned FROM controls WHERE service = ?', service);
      return { paused: row?.['paused'] === 1, pinned: (row?.['pinned'] ?? null) as number | null };
    },
    setPaused(service, paused) {
      sql.run(
        `INSERT INTO controls (service, paused) VALUES (?, ?)
         ON CONFLICT (service) DO UPDATE SET paused = excluded.paused`,
        service,
        paused ? 1 : 0,
      );
    },
    setPinned(service, count) {
      sql.run(
        `INSERT INTO controls (service, pinned) VALUES (?, ?)
         ON CONFLICT (service) DO UPDATE SET pinned = excluded.pinned`,
        service,
        count,
      );
    },
  };
}
