import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { usage } from '../errors.ts';
import type { CommonOptions, Io } from '../io.ts';

export function register(program: Command, io: Io): void {
  program
    .command('purge')
    .summary('forget the answers that the gateway keeps of a route, or of all')
    .description(
      'Forgets the answers that the gateway keeps of ROUTE: the next request of each goes to the service. It holds at once, ' +
        'also for answers that were on their way. ROUTE is a path as it stands in the configuration (`tidegate status` shows those with a cache).',
    )
    .argument('[route]', 'which route')
    .option('--all', 'every route')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText('after', "\nExample:\n  tidegate purge '/products/*'\n  tidegate purge --all")
    .action(
      async (
        route: string | undefined,
        { all = false, config, json }: CommonOptions & { all?: boolean },
      ) => {
        if ((route !== undefined) === all)
          throw usage(
            'BAD_ARGUMENT',
            all ? 'Either a route or --all, not both.' : 'Which route is not said.',
            "Write `tidegate purge '/products/*'`, or `tidegate purge --all`.",
          );
        const answer = await (await connect(config)).purge(route ?? null);
        if (json) io.out(JSON.stringify(answer));
        else if (answer.purged.length === 0) io.out('No route has a cache.');
        else io.out(`Nothing of ${answer.purged.join(', ')} is kept any more.`);
      },
    );
}
