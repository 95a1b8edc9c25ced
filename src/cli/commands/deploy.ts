import type { Command } from 'commander';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Client } from '../../web/client.ts';
import type { DeployAnswer } from '../../web/contract.ts';
import { clientOf, runningControl } from '../connect.ts';
import { commandDeployment } from '../deployment-command.ts';
import { deploymentName, summaryLines, wayOn } from '../deployment-text.ts';
import { usage } from '../errors.ts';
import type { CommonOptions, Io } from '../io.ts';
import { paint } from '../paint.ts';

interface DeployOptions extends CommonOptions {
  readonly interrupt?: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command('deploy')
    .summary('bring about what the configuration file says now, without losing a request')
    .description(
      'Has the control plane read its configuration file again and replaces what differs, of SERVICE alone or of all: ' +
        'new replicas start beside the old ones, must become healthy, and only then the old ones drain. A revision that ' +
        'does not become healthy, or answers with errors, is rolled back (exit code 1). Ctrl-C interrupts it where it is; ' +
        '`deploy` goes on from there.',
    )
    .argument('[service]', 'only what differs of this service')
    .option('-c, --config <file>', 'the configuration file Tidegate was started with')
    .option('--interrupt', 'stop the deployment, rollback or restart that is under way where it is')
    .option('--json', 'one JSON object at the end')
    .addHelpText('after', '\nExample:\n  tidegate config check && tidegate deploy')
    .action(async (service: string | undefined, options: DeployOptions) => {
      const { config, json, interrupt } = options;
      const address = await runningControl(config);
      if (interrupt) {
        await interruptDeployment(clientOf(address), json === true, io);
        return;
      }
      if (config !== undefined) refuseOtherFile(resolve(config), address.configPath);
      const client = clientOf(address);
      await commandDeployment(client, () => client.deploy(service), options, io);
    });
}

// Private

/** @throws TidegateError NO_DEPLOYMENT */
async function interruptDeployment(client: Client, json: boolean, io: Io): Promise<void> {
  const { deployment } = await client.status();
  if (deployment?.state !== 'running') {
    throw usage(
      'NO_DEPLOYMENT',
      'No deployment is under way.',
      deployment === null
        ? '`tidegate deploy` begins one.'
        : `${deploymentName(deployment)} stands still already: ${wayOn(deployment)}`,
    );
  }
  if (!json) io.err(`Interrupting ${deploymentName(deployment)}.`);
  const ended = await client.interrupt(deployment.id);
  if (json) io.out(JSON.stringify({ deployment: ended } satisfies DeployAnswer));
  else {
    for (const line of summaryLines(ended, paint(io.colour))) io.out(line);
    if (ended.state === 'interrupted') io.out(wayOn(ended));
  }
}

/** The control plane reads its own file: its environment has the secrets. @throws TidegateError OTHER_CONFIG */
function refuseOtherFile(named: string, own: string | null): void {
  if (own === null || realPath(named) === realPath(own)) return;
  throw usage(
    'OTHER_CONFIG',
    `Tidegate was started with ${own}, not with ${named}.`,
    'Change that file, or start with the other one: `tidegate down`, then `tidegate up -c FILE`.',
  );
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // A file that is gone is the control plane's to complain about.
    return path;
  }
}
