import type { Command } from 'commander';
import { connect } from '../connect.ts';
import type { CommonOptions, Io } from '../io.ts';

export function register(program: Command, io: Io): void {
  program
    .command('pause')
    .summary('keep the count of a service as it is')
    .description('Keeps the count of SERVICE as it is; replicas that die are still replaced.')
    .argument('<service>', 'which service')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  tidegate pause api')
    .action(async (service: string, { config, json }: CommonOptions) => {
      const client = await connect(config);
      const answer = await client.pause(service);
      if (json) io.out(JSON.stringify(answer));
      else io.out(`${service} is paused; \`tidegate resume ${service}\` goes on.`);
    });
}
