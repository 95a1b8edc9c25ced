import type { Command } from 'commander';
import { Option } from 'commander';
import { codeOf } from '../../kit/errors.ts';
import { POLICIES } from '../../spec/spec.ts';
import type { PolicyName } from '../../spec/spec.ts';
import type { Client } from '../../web/client.ts';
import type { Explanation } from '../../web/contract.ts';
import { projectFolder } from '../project-folder.ts';
import { connect } from '../connect.ts';
import { usage } from '../errors.ts';
import { explanationLines, momentText } from '../explanation.ts';
import type { CommonOptions, Io } from '../io.ts';
import { countOf, momentOf } from '../moment.ts';
import { paint } from '../paint.ts';
import { shadowLines } from '../shadow-lines.ts';
import { problemLines } from '../service-state.ts';
import { register as registerRoute } from './explain-route.ts';

interface ExplainOptions extends CommonOptions {
  readonly last: string;
  readonly at?: string;
  readonly policy?: PolicyName;
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
    .addOption(
      new Option('--policy <name>', 'the decisions of this policy, live or a shadow').choices([
        ...POLICIES,
      ]),
    )
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  tidegate explain api --last 3\n  tidegate explain api --at 14:30\n  tidegate explain api --policy predictive\n  tidegate explain route GET /api/users/7',
    )
    .action(async (service: string, { config, json, last, at, policy }: ExplainOptions) => {
      const now = Date.now();
      const query = {
        ...(at === undefined
          ? { last: countOf('--last', last) }
          : { last: 1, at: momentOf(at, now) }),
        ...(policy && { policy }),
      };
      const style = paint(io.colour);
      const folder = projectFolder(config);
      const tell = async (
        explanation: Explanation,
        newest: 'in-force' | 'stored',
      ): Promise<void> => {
        const lines =
          at !== undefined && explanation.decisions.length === 0
            ? [await nothingBefore(folder, service, now)]
            : explanationLines(explanation, style, now, newest);
        for (const line of lines) io.out(line);
      };
      const client = await connect(config).catch(async (thrown: unknown) => {
        if (codeOf(thrown) === 'CONTROL_NOT_RUNNING' && !json) {
          const { storedDecisions } = await import('../../offline.ts');
          const stored = storedDecisions(folder, service, query);
          if (stored) await tell(stored, 'stored');
        }
        throw thrown;
      });
      const explanation = await client.decisions(service, query).catch(async (thrown: unknown) => {
        throw codeOf(thrown) === 'UNKNOWN_SERVICE'
          ? await orQueue(client, service, thrown)
          : thrown;
      });
      if (json) {
        io.out(JSON.stringify(explanation));
        return;
      }
      if (at !== undefined) return tell(explanation, 'stored');
      const shown = (await client.status()).services.find(({ name }) => name === service);
      const trouble = shown ? problemLines(shown, style, now) : [];
      for (const line of trouble.length > 0 ? [...trouble, ''] : []) io.out(line);
      await tell(explanation, 'in-force');
      // A control plane of an earlier version knows none.
      const { shadows = [] } = explanation;
      if (!shown || policy || shadows.length === 0) return;
      for (const line of ['', ...shadowLines(shadows, shown.policy, style, now)]) io.out(line);
    });
  registerRoute(explain, io);
}

// Private

/** Whoever has queues in mind names one: what is decided is decided for its service. */
async function orQueue(client: Client, name: string, thrown: unknown): Promise<unknown> {
  const { queues } = (await client.status()).tasks;
  const queue = queues.find((each) => each.name === name);
  if (!queue) return thrown;
  const { service } = queue;
  return usage(
    'UNKNOWN_SERVICE',
    `${name} is a queue, and no service.`,
    service === null
      ? 'Workers of others work it off, which are not scaled here.'
      : `${service} works it off: \`tidegate explain ${service}\``,
  );
}

/** Read from the state file beside whoever runs: a moment that is not known is rare. */
async function nothingBefore(folder: string, service: string, now: number): Promise<string> {
  const { firstDecisionAt } = await import('../../offline.ts');
  const first = firstDecisionAt(folder, service);
  if (first === null) return `${service}: nothing was decided yet.`;
  return `${service}: nothing before ${momentText(first, now)}.`;
}
