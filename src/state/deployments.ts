export const DEPLOYMENT_STATES = [
  'running',
  'done',
  'rolled-back',
  'interrupted',
  'failed',
] as const;
export type DeploymentState = (typeof DEPLOYMENT_STATES)[number];

/** A deploy, rollback or restart; one that is `running` or `interrupted` when a control plane starts is unfinished. */
export interface DeploymentRow {
  readonly id: number;
  readonly kind: 'deploy' | 'rollback' | 'restart';
  /** Null: everything that changed. */
  readonly service: string | null;
  readonly state: DeploymentState;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Plain JSON that control understands: where it goes, how far it came, what was seen of the traffic. */
  readonly detail: unknown;
}

export interface DeploymentStore {
  /** Stores a new one and returns it with its id. */
  insert(row: Omit<DeploymentRow, 'id'>): DeploymentRow;
  put(row: DeploymentRow): void;
  get(id: number): DeploymentRow | null;
  /** The newest; null when there was none. */
  last(): DeploymentRow | null;
}
