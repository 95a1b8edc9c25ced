import type { PolicyMemory } from '../policy/decision.ts';
import { isRecord, parseJson, toJson } from './json.ts';
import type { Sql } from './sql.ts';
import type { MemoryStore } from './store.ts';

export function createMemoryStore(sql: Sql): MemoryStore {
  return {
    get(service) {
      const row = sql.one('SELECT memory FROM memories WHERE service = ?', service);
      const memory = parseJson(row?.['memory']);
      return isMemory(memory) ? memory : null;
    },
    set(service, memory) {
      sql.run(
        `INSERT INTO memories (service, memory) VALUES (?, ?)
         ON CONFLICT (service) DO UPDATE SET memory = excluded.memory`,
        service,
        toJson(memory),
      );
    },
  };
}

// Private

const TIMES = {
  lastUpAt: true,
  lastDownAt: true,
  burstAt: true,
  idleSince: true,
} as const satisfies Record<Exclude<keyof PolicyMemory, 'policies'>, true>;

/** Half a memory is none: a policy that starts afresh is safer than one that reads undefined as a time. */
function isMemory(value: unknown): value is PolicyMemory {
  if (!isRecord(value) || !isRecord(value['policies'])) return false;
  return Object.keys(TIMES).every(
    (name) => value[name] === null || typeof value[name] === 'number',
  );
}
