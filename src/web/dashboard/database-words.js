import { megabytes } from './format.js';

/** `PostgreSQL · 127.0.0.1:20003 · 61 MB · 12 connections` */
export function databaseFacts({ kind, address, memoryBytes, connections }) {
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

const TONES = { ready: 'good', external: 'held', failed: 'bad' };

export function databaseTone({ state, problem }) {
  return problem === null ? (TONES[state] ?? 'warn') : 'bad';
}
