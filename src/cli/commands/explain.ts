import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { explanationLines } from '../explanation.ts';
import type { CommonOptions, Io } from '../io.ts';
import { countOf, momentOf } from '../moment.ts';
import { paint } from '../paint.ts';
import { problemLines } from '../service-state.ts';
import { register as registerRoute } from './explain-route.ts';

interface ExplainOptions extends CommonOptions {
  readonly last: string;
  readonly at?: string;
}

export function register(program: Command, io: Io): void {
  const explain = program
    .command('explain')
    .summary('say why a service scaled, or why it did not')
    .description(
      'Says in plain words what was decided for SERVICE, why, and what bound it; the newest first.',
    )
    .argument('<service>', 'which service')
    .option('--last <count>', 'so many decisions', '5')
    .option('--at <time>', "the decision in force then: '10m' ago, '14:30' or ISO 8601")
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  tidegate explain api --last 3\n  tidegate explain api --at 14:30\n  tidegate explain route GET /api/users/7',
    )
    .action(async (service: string, { config, json, last, at }: ExplainOptions) => {
      const now = Date.now();
      const query =
        at === undefined ? { last: countOf('--last', last) } : { last: 1, at: momentOf(at, now) };
      const client = await connect(config);
      const explanation = await client.decisions(service, query);
      if (json) {
        io.out(JSON.stringify(explanation));
        return;
      }
      const style = paint(io.colour);
      if (at === undefined) {
        const shown = (await client.status()).services.find(({ name }) => name === service);
        const trouble = shown ? problemLines(shown, style, now) : [];
        for (const line of trouble.length > 0 ? [...trouble, ''] : []) io.out(line);
      }
      if (at !== undefined && explanation.decisions.length === 0)
        io.out(`${service}: no decision of that time is known.`);
      else for (const line of explanationLines(explanation, style, now)) io.out(line);
    });
  registerRoute(explain, io);
}
