import type { Command } from 'commander';
import type { ReplicaStatus, Status } from '../../web/contract.ts';
import { connect } from '../connect.ts';
import { databaseLines } from '../database-lines.ts';
import type { CommonOptions, Io } from '../io.ts';
import { orKnownReplicas } from '../known-replicas.ts';
import { ageText, bytesText, countText, durationText, percentText } from '../numbers.ts';
import { paint } from '../paint.ts';
import { replicaNoteText, replicaStateText } from '../service-state.ts';
import { layOut } from '../table.ts';

export function register(program: Command, io: Io): void {
  program
    .command('ps')
    .summary('list the replicas and the databases')
    .description('Lists every replica and database with its state, address, process and load.')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object: { replicas: [...], databases: [...] }')
    .addHelpText('after', '\nExample:\n  tidegate ps')
    .action((options: CommonOptions) =>
      orKnownReplicas(options, io, async () => {
        const status = await (await connect(options.config)).status();
        const replicas = replicasOf(status);
        const { databases } = status;
        if (options.json) io.out(JSON.stringify({ replicas, databases }));
        else {
          const below = databaseLines(databases, paint(io.colour), Date.now());
          for (const line of replicaLines(replicas, io)) io.out(line);
          for (const line of below.length > 0 ? ['', ...below] : []) io.out(line);
        }
      }),
    );
}

// Private

type Row = ReplicaStatus & { readonly service: string };

function replicasOf({ services }: Status): readonly Row[] {
  return services.flatMap(({ name, replicas }) =>
    replicas.map((replica) => ({ service: name, ...replica })),
  );
}

function replicaLines(replicas: readonly Row[], io: Io): readonly string[] {
  const style = paint(io.colour);
  const now = Date.now();
  const colours = {
    starting: style.yellow,
    ready: style.green,
    draining: style.yellow,
    stopped: style.dim,
    failed: style.red,
  };
  const table = layOut(
    [
      'replica',
      'state',
      'revision',
      'address',
      'pid',
      'up',
      'CPU',
      'memory',
      'loop delay',
      'in flight',
      'note',
    ],
    replicas.map((replica) => [
      replica.id,
      (replica.healthy === false || replica.ejected ? style.red : colours[replica.state])(
        replicaStateText(replica),
      ),
      replica.revision,
      replica.address ?? '–',
      countText(replica.pid),
      ageText(replica.startedAt, now),
      percentText(replica.cpu),
      bytesText(replica.memoryBytes),
      durationText(replica.eventLoopDelayMs),
      countText(replica.inFlight),
      replicaNoteText(replica, now),
    ]),
    io.terminal ? io.columns : Infinity,
  );
  return table.map((line, index) => (index === 0 ? style.dim(line) : line));
}
