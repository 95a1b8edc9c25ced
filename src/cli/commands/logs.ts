import type { Command } from 'commander';
import type { LogsRequest } from '../../web/client.ts';
import type { LogEntry, Status } from '../../web/contract.ts';
import type { TidegateError } from '../../kit/errors.ts';
import { codeOf } from '../../kit/errors.ts';
import { projectFolder } from '../project-folder.ts';
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
    .argument('[service]', 'whose logs; not needed where there is one service')
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
      if (service !== undefined && options.all)
        throw whichLogs('logs takes either a service or --all.', service);
      const query = requestOf(options);
      const print = printer(options.json === true, io);
      const asked = service !== undefined || options.all === true;
      try {
        const client = await connect(options.config);
        const whose = asked ? service : theOnly(servicesOf(await client.status()));
        for await (const entry of client.logs(ofService(query, whose))) print(entry);
      } catch (thrown) {
        // What was written is there to be read; that nothing runs is said after it.
        if (codeOf(thrown) !== 'CONTROL_NOT_RUNNING' || options.json) throw thrown;
        const { writtenLogs, writtenServices } = await import('../../offline.ts');
        const folder = projectFolder(options.config);
        const names = asked ? [] : writtenServices(folder);
        const whose = names.length > 0 ? theOnly(names) : service;
        for await (const entry of writtenLogs(folder, ofService(query, whose))) print(entry);
        throw thrown;
      }
    });
}

// Private

function requestOf(options: LogsOptions): LogsRequest {
  return {
    lines: countOf('--lines', options.lines),
    ...(options.since === undefined ? {} : { since: momentOf(options.since, Date.now()) }),
    ...(options.grep === undefined ? {} : { grep: options.grep }),
    follow: options.follow === true,
  };
}

/** `service` undefined: of all. */
function ofService(query: LogsRequest, service: string | undefined): LogsRequest {
  return service === undefined ? query : { ...query, service };
}

function servicesOf({ services }: Status): readonly string[] {
  return services.map(({ name }) => name);
}

/** Where there is but one, nobody has to name it. @throws TidegateError WHICH_LOGS */
function theOnly(services: readonly string[]): string | undefined {
  const [first, ...more] = services;
  if (more.length === 0) return first;
  throw whichLogs(`Whose logs? There are ${services.join(', ')}.`, first);
}

function whichLogs(sentence: string, example = 'api'): TidegateError {
  return usage(
    'WHICH_LOGS',
    sentence,
    `For example \`tidegate logs ${example}\`, or \`tidegate logs --all\`.`,
  );
}

function printer(json: boolean, io: Io): (entry: LogEntry) => void {
  if (json) return (entry) => io.out(JSON.stringify(entry));
  const style = paint(io.colour);
  return ({ replica, text }) => io.out(`${style.cyan(replica)} ${style.dim('|')} ${text}`);
}
