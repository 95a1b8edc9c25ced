import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { commandDeployment } from '../deployment-command.ts';
import type { CommonOptions, Io } from '../io.ts';

export function register(program: Command, io: Io): void {
  program
    .command('restart')
    .summary('replace every replica of a service by one of the same revision')
    .description(
      'Replaces the replicas of SERVICE a few at a time, each substitute healthy before an old one drains. Its secrets ' +
        'are read again; everything else stays as it is.',
    )
    .argument('<service>', 'which service')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object at the end')
    .addHelpText('after', '\nExample:\n  tidegate restart api')
    .action(async (service: string, options: CommonOptions) => {
      const client = await connect(options.config);
      await commandDeployment(client, () => client.restart(service), options, io);
    });
}
