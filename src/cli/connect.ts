import { createClient, findControl } from '../web/client.ts';
import type { Client, ControlAddress } from '../web/client.ts';
import { projectFolder } from './project-folder.ts';
import { noControl } from './no-control.ts';

/** A client of the project's control plane. @throws TidegateError CONTROL_NOT_RUNNING, STATE_NOT_READABLE */
export async function connect(config: string | undefined): Promise<Client> {
  return clientOf(await runningControl(config));
}

/** Where the project's control plane answers. @throws TidegateError CONTROL_NOT_RUNNING, STATE_NOT_READABLE */
export async function runningControl(config: string | undefined): Promise<ControlAddress> {
  const folder = projectFolder(config);
  const address = await findControl(folder);
  if (!address) throw await noControl(folder);
  return address;
}

export function clientOf({ adminUrl, token }: ControlAddress): Client {
  return createClient({ url: adminUrl, token });
}
