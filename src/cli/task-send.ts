import type { Command } from 'commander';
import { connect } from './connect.ts';
import { followTask } from './follow-task.ts';
import type { CommonOptions, Io } from './io.ts';
import { durationOf, wholeNumberOf } from './moment.ts';
import { readBody } from './task-body.ts';

interface SendOptions extends CommonOptions {
  readonly file?: string;
  readonly delay?: string;
  readonly priority?: string;
  readonly timeout?: string;
  readonly retries?: string;
  readonly key?: string;
  readonly callback?: string;
  /** True: however long it takes. */
  readonly wait?: string | true;
}

/** Put under `task`. */
export function register(task: Command, io: Io): void {
  task
    .command('send')
    .summary('queue a task')
    .description(
      'Queues BODY for the service of QUEUE. What is JSON is sent as such, else as text, or as bytes. With --wait it ' +
        'tells how it goes and prints the result; exit code 1 where the task does not succeed.',
    )
    .argument('<queue>', 'which queue')
    .argument('[body]', "what the service gets; '-': standard input")
    .option('--file <file>', 'send what is in this file')
    .option('--delay <time>', "not before that: '10m'")
    .option('--priority <number>', '-100 to 100, the highest first')
    .option('--timeout <time>', "how long one delivery may take: '30s'")
    .option('--retries <number>', 'deliveries after the first failed one')
    .option('--key <key>', 'sent again with the same key it is the same task')
    .option('--callback <url>', 'where its end is told; of the hosts in tasks.callbacks')
    .option('--wait [time]', "wait until it has ended, or so long: '30s'")
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `\nExample:\n  tidegate task send default '{"type":"resize"}' --delay 10m\n  tidegate task send default --file job.json --wait 30s`,
    )
    .action(async (queue: string, text: string | undefined, options: SendOptions) => {
      const { delay, priority, timeout, retries, key, callback, wait, json = false } = options;
      const waitMs = typeof wait === 'string' ? durationOf('--wait', wait) : null;
      const wishes = {
        ...(delay === undefined ? {} : { delayMs: durationOf('--delay', delay) }),
        ...(priority === undefined
          ? {}
          : { priority: wholeNumberOf('--priority', priority, -100, 100) }),
        ...(timeout === undefined ? {} : { timeoutMs: durationOf('--timeout', timeout) }),
        ...(retries === undefined ? {} : { retries: wholeNumberOf('--retries', retries, 0, 100) }),
        ...(key === undefined ? {} : { key }),
        ...(callback === undefined ? {} : { callback }),
      };
      const body = await readBody(text, options.file, process.stdin);
      const client = await connect(options.config);
      const sent = await client.sendTask({ queue, ...wishes, ...body });
      if (wait !== undefined) {
        const how = { json, changes: false, waitMs };
        process.exitCode = await followTask(client, sent, how, io);
      } else if (json) io.out(JSON.stringify(sent));
      else {
        io.out(`${sent.id} is queued in ${queue}.`);
        io.err(`→ \`tidegate task show ${sent.id} --follow\` tells how it goes.`);
      }
    });
}
