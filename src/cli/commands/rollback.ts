import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { commandDeployment } from '../deployment-command.ts';
import type { CommonOptions, Io } from '../io.ts';

export function register(program: Command, io: Io): void {
  program
    .command('rollback')
    .summary('go back to the revision of a service before')
    .description(
      'Replaces the replicas of SERVICE by ones of the revision before, as gently as `deploy` does; out of an interrupted ' +
        'deployment it goes back to where that began. The configuration file stays as it is: `deploy` would apply it again.',
    )
    .argument('<service>', 'which service')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object at the end')
    .addHelpText('after', '\nExample:\n  tidegate rollback api')
    .action(async (service: string, options: CommonOptions) => {
      const client = await connect(options.config);
      await commandDeployment(client, () => client.rollback(service), options, io);
    });
}
