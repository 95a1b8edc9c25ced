import type { Command } from 'commander';
import { connect } from '../connect.ts';
import type { CommonOptions, Io } from '../io.ts';

export function register(program: Command, io: Io): void {
  program
    .command('resume')
    .summary('let a paused service scale again')
    .description(
      'Ends the pause of SERVICE. A count that was set with `scale` stays until `scale SERVICE auto`.',
    )
    .argument('<service>', 'which service')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  tidegate resume api')
    .action(async (service: string, { config, json }: CommonOptions) => {
      const client = await connect(config);
      const answer = await client.resume(service);
      if (json) io.out(JSON.stringify(answer));
      else {
        const { pinned } = await client.service(service);
        io.out(
          pinned === null
            ? `${service} scales again.`
            : `${service} is no longer paused, but still held at ${pinned}; \`tidegate scale ${service} auto\` lets go.`,
        );
      }
    });
}
