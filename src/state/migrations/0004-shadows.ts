/** Policies that decide beside the live one: their decisions, where each stands, and their counts in the history, beside what arrived and what was expected. */
export const shadows = `
CREATE TABLE shadow_decisions (
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
CREATE INDEX shadow_decisions_by_policy ON shadow_decisions (service, policy);
CREATE INDEX shadow_decisions_by_time ON shadow_decisions (service, policy, at);

CREATE TABLE shadows (
  service TEXT NOT NULL,
  policy TEXT NOT NULL,
  standing TEXT NOT NULL,
  PRIMARY KEY (service, policy)
) WITHOUT ROWID;

ALTER TABLE samples ADD COLUMN arrivedRps REAL;
ALTER TABLE samples ADD COLUMN forecastRps REAL;
ALTER TABLE samples ADD COLUMN forecastMs REAL;
ALTER TABLE samples ADD COLUMN shadowLinear REAL;
ALTER TABLE samples ADD COLUMN shadowExponential REAL;
ALTER TABLE samples ADD COLUMN shadowTarget REAL;
ALTER TABLE samples ADD COLUMN shadowPredictive REAL;
ALTER TABLE samples ADD COLUMN shadowSlo REAL;
`;
