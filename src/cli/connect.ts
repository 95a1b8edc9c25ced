import { createClient, findControl } from '../web/client.ts';
import type { Client } from '../web/client.ts';
import { projectFolder } from './config-file.ts';
import { controlNotRunning } from './errors.ts';

/** A client of the project's control plane. @throws TidegateError CONTROL_NOT_RUNNING, STATE_NOT_READABLE */
export async function connect(config: string | undefined): Promise<Client> {
  const folder = projectFolder(config);
  const address = await findControl(folder);
  if (!address) throw controlNotRunning(folder);
  return createClient({ url: address.adminUrl, token: address.token });
}
