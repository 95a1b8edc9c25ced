import type { PolicyName } from '../spec/spec.ts';
import { createDecisionStore } from './decisions.ts';
import type { DecisionStore } from './decisions.ts';
import { parseJson, toJson } from './json.ts';
import type { Sql } from './sql.ts';
import type { WriteBehind } from './write-behind.ts';

/** Policies that decide beside the live one. */
export interface ShadowStore {
  /** What this one decided, of any service. */
  decisions(policy: PolicyName): DecisionStore;
  /** Where it stands: plain JSON that control understands; null: nothing is known. */
  standing(service: string, policy: PolicyName): unknown;
  /** On the disk within seconds. */
  setStanding(service: string, policy: PolicyName, standing: object): void;
}

export function createShadowStore(sql: Sql, behind: WriteBehind): ShadowStore {
  const stores = new Map<PolicyName, DecisionStore>();
  return {
    decisions(policy) {
      const known = stores.get(policy) ?? createDecisionStore(sql, behind, policy);
      stores.set(policy, known);
      return known;
    },
    standing(service, policy) {
      behind.flush();
      return parseJson(sql.one(GET, service, policy)?.['standing']);
    },
    setStanding(service, policy, standing) {
      const text = toJson(standing);
      behind.later(() => sql.run(SET, service, policy, text));
    },
  };
}

// Private

const GET = 'SELECT standing FROM shadows WHERE service = ? AND policy = ?';

const SET = `
INSERT INTO shadows (service, policy, standing) VALUES (?, ?, ?)
ON CONFLICT (service, policy) DO UPDATE SET standing = excluded.standing`;
