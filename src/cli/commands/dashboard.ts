import type { Command } from 'commander';
import { connect } from '../connect.ts';
import type { CommonOptions, Io } from '../io.ts';
import { openInBrowser } from '../open-browser.ts';

interface DashboardOptions extends CommonOptions {
  readonly open: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command('dashboard')
    .summary('open the page that shows it all')
    .description(
      'Prints a link to the page and, on a terminal, opens it. The link works once and for a minute. For twelve hours ' +
        'the page then reads, and in that window scales, pauses, resumes and restarts services and retries and cancels ' +
        'tasks, each after asking. It cannot deploy, roll back or send.',
    )
    .option('--no-open', 'only print the link')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object: { url, expiresAt }')
    .addHelpText('after', '\nExample:\n  tidegate dashboard')
    .action(async ({ config, json, open }: DashboardOptions) => {
      const client = await connect(config);
      const [{ admin }, { code, expiresAt }] = await Promise.all([
        client.status(),
        client.loginCode(),
      ]);
      // A fragment never leaves the browser by itself: no log and no referrer has it.
      const url = `${admin.url}/#code=${code}`;
      if (json) {
        io.out(JSON.stringify({ url, expiresAt }));
        return;
      }
      io.out(url);
      if (open && io.terminal) openInBrowser(url);
    });
}
