/** Times are ms since the epoch, durations ms, fractions 0..1. JSON columns hold what this room does not look into. */
export const first = `
CREATE TABLE project (
  nonce TEXT NOT NULL
);

CREATE TABLE facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE controls (
  service TEXT PRIMARY KEY,
  paused INTEGER NOT NULL DEFAULT 0,
  pinned INTEGER
) WITHOUT ROWID;

CREATE TABLE memories (
  service TEXT PRIMARY KEY,
  memory TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE replica_numbers (
  service TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE replicas (
  id TEXT PRIMARY KEY,
  service TEXT NOT NULL,
  revision TEXT NOT NULL,
  state TEXT NOT NULL,
  host TEXT,
  port INTEGER,
  pid INTEGER,
  identity TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ready_at INTEGER,
  stopped_at INTEGER,
  note TEXT
);
CREATE INDEX replicas_by_start ON replicas (service, started_at);
CREATE INDEX replicas_live ON replicas (service) WHERE state NOT IN ('stopped', 'failed');

CREATE TABLE revisions (
  service TEXT NOT NULL,
  id TEXT NOT NULL,
  definition TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (service, id)
);

CREATE TABLE current_revisions (
  service TEXT PRIMARY KEY,
  id TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  service TEXT NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  times INTEGER NOT NULL,
  policy TEXT NOT NULL,
  current INTEGER NOT NULL,
  raw REAL,
  stabilised REAL NOT NULL,
  limited REAL NOT NULL,
  desired INTEGER NOT NULL,
  applied INTEGER,
  binding TEXT NOT NULL,
  reasons TEXT NOT NULL,
  signals TEXT NOT NULL
);
CREATE INDEX decisions_by_service ON decisions (service);
CREATE INDEX decisions_by_time ON decisions (service, at);

CREATE TABLE samples (
  service TEXT NOT NULL,
  resolution_ms INTEGER NOT NULL,
  at INTEGER NOT NULL,
  weight INTEGER NOT NULL,
  ready REAL NOT NULL,
  desired REAL NOT NULL,
  cpu REAL,
  memory REAL,
  memoryBytes REAL,
  latencyP50Ms REAL,
  latencyP95Ms REAL,
  latencyP99Ms REAL,
  errors REAL,
  concurrency REAL,
  rps REAL,
  queued REAL,
  eventLoopDelayMs REAL,
  eventLoopUtilization REAL,
  backlog REAL,
  drainTimeMs REAL,
  PRIMARY KEY (service, resolution_ms, at)
) WITHOUT ROWID;
`;
