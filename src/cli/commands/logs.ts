import type { Command } from 'commander';
import type { LogsRequest } from '../../web/client.ts';
import type { LogEntry } from '../../web/contract.ts';
import { codeOf } from '../../kit/errors.ts';
import { projectFolder } from '../config-file.ts';
import { connect } from '../connect.ts';
import { usage } from '../errors.ts';
import type { CommonOptions, Io } from '../io.ts';
import { countOf, momentOf } from '../moment.ts';
import { paint } from '../paint.ts';

interface LogsOptions extends CommonOptions {
  readonly all?: boolean;
  readonly follow?: boolean;
  readonly since?: string;
  readonly grep?: string;
  readonly lines: string;
}

export function register(program: Command, io: Io): void {
  program
    .command('logs')
    .summary('show what the replicas wrote')
    .description('Shows what the replicas of a service (or of all) wrote, past ones too.')
    .argument('[service]', 'whose logs')
    .option('-a, --all', 'every service')
    .option('-f, --follow', 'go on with new lines')
    .option('--since <time>', "from then on: '10m' ago, '14:30' or ISO 8601")
    .option('--grep <text>', 'only lines with this text, whatever the case')
    .option('-n, --lines <count>', 'so many past lines; with --since all from then on', '100')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      '\nExample:\n  tidegate logs api -f\n  tidegate logs --all --since 10m --grep error',
    )
    .action(async (service: string | undefined, options: LogsOptions) => {
      const query = requestOf(service, options);
      const print = printer(options.json === true, io);
      try {
        const client = await connect(options.config);
        for await (const entry of client.logs(query)) print(entry);
      } catch (thrown) {
        // What was written is there to be read; that nothing runs is said after it.
        if (codeOf(thrown) !== 'CONTROL_NOT_RUNNING' || options.json) throw thrown;
        const { writtenLogs } = await import('../../offline.ts');
        for await (const entry of writtenLogs(projectFolder(options.config), query)) print(entry);
        throw thrown;
      }
    });
}

// Private

function requestOf(service: string | undefined, options: LogsOptions): LogsRequest {
  if ((service === undefined) === (options.all !== true))
    throw usage(
      'WHICH_LOGS',
      'logs takes either a service or --all.',
      'For example `tidegate logs api` or `tidegate logs --all`.',
    );
  return {
    ...(service === undefined ? {} : { service }),
    lines: countOf('--lines', options.lines),
    ...(options.since === undefined ? {} : { since: momentOf(options.since, Date.now()) }),
    ...(options.grep === undefined ? {} : { grep: options.grep }),
    follow: options.follow === true,
  };
}

function printer(json: boolean, io: Io): (entry: LogEntry) => void {
  if (json) return (entry) => io.out(JSON.stringify(entry));
  const style = paint(io.colour);
  return ({ replica, text }) => io.out(`${style.cyan(replica)} ${style.dim('|')} ${text}`);
}
