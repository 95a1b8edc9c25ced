import type { Command } from 'commander';
import { codeOf } from '../../kit/errors.ts';
import type { Explanation } from '../../web/contract.ts';
import { projectFolder } from '../config-file.ts';
import { connect } from '../connect.ts';
import { explanationLines, momentText } from '../explanation.ts';
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
      const style = paint(io.colour);
      const folder = projectFolder(config);
      const tell = async (explanation: Explanation): Promise<void> => {
        const lines =
          at !== undefined && explanation.decisions.length === 0
            ? [await nothingBefore(folder, service, now)]
            : explanationLines(explanation, style, now);
        for (const line of lines) io.out(line);
      };
      const client = await connect(config).catch(async (thrown: unknown) => {
        if (codeOf(thrown) === 'CONTROL_NOT_RUNNING' && !json) {
          const { storedDecisions } = await import('../../offline.ts');
          const stored = storedDecisions(folder, service, query);
          if (stored) await tell(stored);
        }
        throw thrown;
      });
      const explanation = await client.decisions(service, query);
      if (json) {
        io.out(JSON.stringify(explanation));
        return;
      }
      if (at === undefined) {
        const shown = (await client.status()).services.find(({ name }) => name === service);
        const trouble = shown ? problemLines(shown, style, now) : [];
        for (const line of trouble.length > 0 ? [...trouble, ''] : []) io.out(line);
      }
      await tell(explanation);
    });
  registerRoute(explain, io);
}

// Private

/** Read from the state file beside whoever runs: a moment that is not known is rare. */
async function nothingBefore(folder: string, service: string, now: number): Promise<string> {
  const { firstDecisionAt } = await import('../../offline.ts');
  const first = firstDecisionAt(folder, service);
  if (first === null) return `${service}: nothing was decided yet.`;
  return `${service}: nothing before ${momentText(first, now)}.`;
}
