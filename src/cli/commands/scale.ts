import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { usage } from '../errors.ts';
import type { CommonOptions, Io } from '../io.ts';
import { replicasText } from '../numbers.ts';

export function register(program: Command, io: Io): void {
  program
    .command('scale')
    .summary('hold a service at a count, or let the policy decide again')
    .description(
      'Holds SERVICE at N replicas, or at so many more or fewer than are desired now; it stays there until `auto` gives ' +
        'the count back to the policy. Outside min and max it is refused.',
    )
    .argument('<service>', 'which service')
    .argument('<count>', "N, '+N', '-N' or 'auto'")
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    // So that -1 is a count.
    .allowUnknownOption()
    .addHelpText(
      'after',
      '\nExample:\n  tidegate scale api 4\n  tidegate scale api -1\n  tidegate scale api auto',
    )
    .action(async (service: string, count: string, { config, json }: CommonOptions) => {
      if (!/^([+-]?\d{1,5}|auto)$/.test(count))
        throw usage(
          'BAD_COUNT',
          `${JSON.stringify(count)} is no count.`,
          "Write a number, '+1', '-1' or 'auto'.",
        );
      const client = await connect(config);
      const answer = await client.scale(service, count);
      if (json) io.out(JSON.stringify(answer));
      else if (answer.pinned === null)
        io.out(`${service} follows its policy again, from ${replicasText(answer.desired)}.`);
      else
        io.out(
          `${service} is held at ${replicasText(answer.desired)}; \`tidegate scale ${service} auto\` lets go.`,
        );
    });
}
