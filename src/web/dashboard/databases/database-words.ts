import type { DatabaseStatus } from '../../contract.ts';
import { megabytes } from '../format.ts';
import type { Tone } from '../words.ts';

type Facts = Pick<DatabaseStatus, 'kind' | 'address' | 'memoryBytes' | 'connections'>;

/** `PostgreSQL · 127.0.0.1:20003 · 61 MB · 12 connections` */
export function databaseFacts({ kind, address, memoryBytes, connections }: Facts): string {
  return [
    kind === 'postgres' ? 'PostgreSQL' : 'Redis',
    address,
    memoryBytes === null ? null : megabytes(memoryBytes),
    connections === null
      ? null
      : `${connections} ${connections === 1 ? 'connection' : 'connections'}`,
  ]
    .filter((each) => each !== null)
    .join(' · ');
}

const TONES: Readonly<Partial<Record<DatabaseStatus['state'], Tone>>> = {
  ready: 'good',
  external: 'held',
  failed: 'bad',
};

export function databaseTone({ state, problem }: Pick<DatabaseStatus, 'state' | 'problem'>): Tone {
  return problem === null ? (TONES[state] ?? 'warn') : 'bad';
}
