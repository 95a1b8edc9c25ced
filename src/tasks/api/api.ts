import type { Pool } from 'pg';
import type { Clock } from '../../kit/clock.ts';
import type { TasksProgram } from '../../spec/tasks-program.ts';
import type { LeasedTask } from '../store/lease.ts';
import type { Tally } from '../tally.ts';
import type { LeaseLine } from './lease-line.ts';
import type { Outage } from './outage.ts';
import type { Patience } from './patience.ts';
import type { Room } from './room.ts';
import type { Watch } from './watch.ts';
import type { Writer } from './writer.ts';

/** What answers to requests are made with. */
export interface Api {
  readonly program: TasksProgram;
  readonly pool: Pool;
  readonly writer: Writer;
  readonly watch: Watch;
  readonly line: LeaseLine<LeasedTask>;
  readonly room: Room;
  readonly patience: Patience;
  readonly outage: Outage;
  readonly tally: Tally;
  readonly clock: Clock;
  /** What workers that lease show. */
  readonly workerToken: string;
}
