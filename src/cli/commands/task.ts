import type { Command } from 'commander';
import { nearest } from '../../spec/nearest.ts';
import { TASK_STATES, type TaskState, type TaskView } from '../../tasks/task.ts';
import type { Client } from '../../web/client.ts';
import { connect } from '../connect.ts';
import { usage } from '../errors.ts';
import { followTask } from '../follow-task.ts';
import type { CommonOptions, Io } from '../io.ts';
import { countOf } from '../moment.ts';
import { ageText } from '../numbers.ts';
import { oneLine } from '../one-line.ts';
import { paint } from '../paint.ts';
import { layOut } from '../table.ts';
import { register as registerSend } from '../task-send.ts';
import { stateText, taskLines } from '../task-text.ts';

interface ListOptions extends CommonOptions {
  readonly queue?: string;
  readonly state?: string;
  readonly last: string;
}

export function register(program: Command, io: Io): void {
  const task = program
    .command('task')
    .summary('send tasks, look at them, have them tried again, or cancel them')
    .description(
      'Sends durable tasks to queues, and tells what became of them. See docs/tasks.md of Tidegate.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  tidegate task list --state failed\n  tidegate task show ID',
    );
  registerSend(task, io);
  common(task.command('show'))
    .summary('tell the story of a task, and its result')
    .description('Tells each attempt of a task with its error, what comes next, and the result.')
    .argument('<id>', 'which task')
    .option('-f, --follow', 'go on until it has ended; exit code 1 where it does not succeed')
    .addHelpText('after', '\nExample:\n  tidegate task show 5f0c6a1e0b7d4c55a3f2b1c09d8e7f60 -f')
    .action(async (id: string, { config, json = false, follow }: ShowOptions) => {
      const client = await connect(config);
      const view = await client.task(taskId(id));
      if (follow) {
        const how = { json, changes: true, waitMs: null };
        process.exitCode = await followTask(client, view, how, io);
      } else if (json) io.out(JSON.stringify(view));
      else for (const line of taskLines(view, paint(io.colour), Date.now())) io.out(line);
    });
  common(task.command('list'), 'one JSON object: { tasks: [ … ] }')
    .summary('list tasks, the newest first')
    .description('Lists tasks, the newest first: where they stand, and what went wrong last.')
    .option('--queue <name>', 'of this queue only')
    .option('--state <state>', TASK_STATES.join(', '))
    .option('--last <count>', 'so many, at most 1000', '20')
    .addHelpText('after', '\nExample:\n  tidegate task list --queue default --state failed')
    .action(async ({ config, json, queue, state, last }: ListOptions) => {
      const filter = {
        limit: countOf('--last', last, 1000),
        ...(queue === undefined ? {} : { queue }),
        ...(state === undefined ? {} : { state: stateOf(state) }),
      };
      const client = await connect(config);
      const tasks = await client.tasks(filter);
      if (tasks.length === 0 && queue !== undefined) await checkQueue(client, queue);
      if (json) io.out(JSON.stringify({ tasks }));
      else for (const line of listLines(tasks, io)) io.out(line);
    });
  eachTask(
    common(task.command('retry')),
    io,
    (client, id) => client.retryTask(id),
    'is queued once more',
  )
    .summary('have tasks that ended tried again')
    .description('Queues tasks that have ended once more, with all their retries.')
    .addHelpText('after', '\nExample:\n  tidegate task retry 5f0c6a1e0b7d4c55a3f2b1c09d8e7f60');
  eachTask(
    common(task.command('cancel')),
    io,
    (client, id) => client.cancelTask(id),
    'is cancelled',
  )
    .summary('cancel tasks that have not ended')
    .description(
      'Cancels tasks that have not ended. What is under way is not stopped, but what comes of it is not noted.',
    )
    .addHelpText('after', '\nExample:\n  tidegate task cancel 5f0c6a1e0b7d4c55a3f2b1c09d8e7f60');
}

// Private

interface ShowOptions extends CommonOptions {
  readonly follow?: boolean;
}

function common(command: Command, json = 'one JSON object a line'): Command {
  return command.option('-c, --config <file>', 'the configuration file').option('--json', json);
}

/** @throws TidegateError BAD_TASK_ID */
function taskId(text: string): string {
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  throw usage(
    'BAD_TASK_ID',
    `${JSON.stringify(text)} is not the id of a task: it has 32 hexadecimal digits.`,
    '`tidegate task list` shows them.',
  );
}

/** Tasks of a queue that is gone are still listed; of one that never was there are none. @throws TidegateError UNKNOWN_QUEUE */
async function checkQueue(client: Client, queue: string): Promise<void> {
  const known = (await client.status()).tasks.queues.map(({ name }) => name);
  if (known.includes(queue)) return;
  const alike = nearest(queue, known);
  throw usage(
    'UNKNOWN_QUEUE',
    `There is no queue named ${JSON.stringify(queue)}.`,
    alike === undefined ? `The queues are: ${known.join(', ')}.` : `Did you mean ${alike}?`,
  );
}

/** One after the other; the first that cannot be done ends it. */
function eachTask(
  command: Command,
  io: Io,
  act: (client: Client, id: string) => Promise<TaskView>,
  done: string,
): Command {
  return command
    .argument('<id...>', 'which tasks')
    .action(async (ids: readonly string[], { config, json }: CommonOptions) => {
      const client = await connect(config);
      for (const id of ids.map(taskId)) {
        const view = await act(client, id);
        io.out(json ? JSON.stringify(view) : `${id} ${done}.`);
      }
    });
}

/** @throws TidegateError BAD_STATE */
function stateOf(text: string): TaskState {
  const state = TASK_STATES.find((each) => each === text);
  if (state !== undefined) return state;
  throw usage(
    'BAD_STATE',
    `No task is ${JSON.stringify(text)}.`,
    `Write ${TASK_STATES.join(', ')}.`,
  );
}

function listLines(tasks: readonly TaskView[], io: Io): readonly string[] {
  if (tasks.length === 0) return ['There are no such tasks.'];
  const style = paint(io.colour);
  const now = Date.now();
  const table = layOut(
    ['task', 'queue', 'state', 'sent', 'attempts', 'lately'],
    tasks.map(({ id, queue, state, createdAt, attempt, attempts, error }) => [
      id,
      queue,
      stateText(state, style),
      `${ageText(createdAt, now)} ago`,
      String(attempt),
      oneLine(error ?? attempts.at(-1)?.error ?? ''),
    ]),
    io.terminal ? io.columns : Infinity,
  );
  return table.map((line, index) => (index === 0 ? style.dim(line) : line));
}
