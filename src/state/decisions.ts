import type { Binding, Reason } from '../policy/decision.ts';
import type { SignalName } from '../signals/snapshot.ts';
import type { PolicyName } from '../spec/spec.ts';
import { isRecord, parseJson, toJson } from './json.ts';
import type { Row, Sql } from './sql.ts';
import type { WriteBehind } from './write-behind.ts';

/** A decision as stored: repeats of the same (desired, binding) only move `until` and `times`. */
export interface StoredDecision {
  readonly id: number;
  readonly service: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly until: number;
  readonly times: number;
  readonly policy: PolicyName;
  readonly current: number;
  readonly raw: number | null;
  readonly stabilised: number;
  readonly limited: number;
  readonly desired: number;
  readonly applied: number | null;
  readonly binding: Binding;
  readonly reasons: readonly Reason[];
  /** Of the newest repeat, where the decision changed the count and so has reasons of its own; never stored. */
  readonly lately?: readonly Reason[];
  /** Over the stable window; null: missing or not applicable. */
  readonly signals: Readonly<Partial<Record<SignalName, number | null>>>;
}

export interface DecisionStore {
  insert(decision: Omit<StoredDecision, 'id'>): StoredDecision;
  /** The same was decided again: moves `until` and adds one to `times`, on the disk within seconds. */
  repeat(id: number, until: number): void;
  /** What reconcile brought about. */
  applied(id: number, count: number): void;
  /** The newest first. */
  last(service: string, limit: number): readonly StoredDecision[];
  /** Those made from `from` to `to`, ms since the epoch, the newest first. */
  between(service: string, from: number, to: number, limit: number): readonly StoredDecision[];
  /** When the oldest that is kept was decided, or null without any. */
  firstAt(service: string): number | null;
  /** The decision in force at a moment, or null when there was none yet. */
  at(service: string, at: number): StoredDecision | null;
}

/** `shadow`: of this policy, which decides beside the live one: rows apart, so that neither is ever taken for the other. */
export function createDecisionStore(
  sql: Sql,
  behind: WriteBehind,
  shadow: PolicyName | null = null,
): DecisionStore {
  const text = shadow === null ? LIVE : BESIDE;
  const whose = (service: string): readonly string[] =>
    shadow === null ? [service] : [service, shadow];
  return {
    insert(decision) {
      const row = sql.one(
        text.insert,
        decision.service,
        decision.at,
        decision.until,
        decision.times,
        decision.policy,
        decision.current,
        decision.raw,
        decision.stabilised,
        decision.limited,
        decision.desired,
        decision.applied,
        decision.binding,
        toJson(decision.reasons),
        toJson(decision.signals),
      );
      return { ...decision, id: Number(row?.['id']) };
    },
    repeat(id, until) {
      behind.later(() => sql.run(text.repeat, until, id));
    },
    applied(id, count) {
      sql.run(text.applied, count, id);
    },
    last(service, limit) {
      behind.flush();
      return sql.all(text.last, ...whose(service), limit).map(fromRow);
    },
    between(service, from, to, limit) {
      behind.flush();
      return sql.all(text.between, ...whose(service), from, to, limit).map(fromRow);
    },
    firstAt(service) {
      const row = sql.one(text.firstAt, ...whose(service));
      return (row?.['first'] ?? null) as number | null;
    },
    at(service, at) {
      behind.flush();
      const row = sql.one(text.at, ...whose(service), at);
      return row ? fromRow(row) : null;
    },
  };
}

// Private

const LIVE = textsOf('decisions', 'service = ?');
const BESIDE = textsOf('shadow_decisions', 'service = ? AND policy = ?');

function textsOf(table: string, whose: string) {
  return {
    insert: `
INSERT INTO ${table}
  (service, at, until, times, policy, current, raw, stabilised, limited, desired, applied, binding,
   reasons, signals)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
RETURNING id`,
    repeat: `UPDATE ${table} SET until = ?, times = times + 1 WHERE id = ?`,
    applied: `UPDATE ${table} SET applied = ? WHERE id = ?`,
    last: `SELECT * FROM ${table} WHERE ${whose} ORDER BY id DESC LIMIT ?`,
    between: `
SELECT * FROM ${table} WHERE ${whose} AND at BETWEEN ? AND ? ORDER BY at DESC, id DESC LIMIT ?`,
    firstAt: `SELECT min(at) AS first FROM ${table} WHERE ${whose}`,
    at: `SELECT * FROM ${table} WHERE ${whose} AND at <= ? ORDER BY at DESC, id DESC LIMIT 1`,
  };
}

function fromRow(row: Row): StoredDecision {
  return {
    id: row['id'] as number,
    service: row['service'] as string,
    at: row['at'] as number,
    until: row['until'] as number,
    times: row['times'] as number,
    policy: row['policy'] as PolicyName,
    current: row['current'] as number,
    raw: row['raw'] as number | null,
    stabilised: row['stabilised'] as number,
    limited: row['limited'] as number,
    desired: row['desired'] as number,
    applied: row['applied'] as number | null,
    binding: row['binding'] as Binding,
    reasons: reasonsFrom(row['reasons']),
    signals: signalsFrom(row['signals']),
  };
}

/** Only what has the shape of a reason; what is said about kinds this version does not know is the renderer's. */
function reasonsFrom(text: unknown): readonly Reason[] {
  const value = parseJson(text);
  if (!Array.isArray(value)) return [];
  return value.filter((item) => isRecord(item) && typeof item['kind'] === 'string') as Reason[];
}

function signalsFrom(text: unknown): StoredDecision['signals'] {
  const value = parseJson(text);
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([, number]) => number === null || typeof number === 'number'),
  );
}
