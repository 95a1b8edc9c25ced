/** Deployments, incidents, and in which order the revisions of a service were in use. */
export const nothingLost = `
CREATE TABLE deployments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  service TEXT,
  state TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  detail TEXT NOT NULL
);

CREATE TABLE incidents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  service TEXT NOT NULL,
  at INTEGER NOT NULL,
  replica TEXT,
  code TEXT NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX incidents_by_time ON incidents (service, at);

CREATE TABLE revision_uses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  service TEXT NOT NULL,
  revision TEXT NOT NULL
);
CREATE INDEX revision_uses_by_service ON revision_uses (service);
INSERT INTO revision_uses (service, revision) SELECT service, id FROM current_revisions;
`;
