import { dirname, resolve } from 'node:path';
import { createClient, findControl } from '../web/client.ts';
import type { Client } from '../web/client.ts';
import { controlNotRunning } from './errors.ts';

/** Where the project's `.tidegate/` is: beside the configuration, or here. */
export function projectFolder(config: string | undefined): string {
  return config === undefined ? process.cwd() : dirname(resolve(config));
}

/** A client of the project's control plane. @throws TidegateError CONTROL_NOT_RUNNING, STATE_NOT_READABLE */
export async function connect(config: string | undefined): Promise<Client> {
  const folder = projectFolder(config);
  const address = await findControl(folder);
  if (!address) throw controlNotRunning(folder);
  return createClient({ url: address.adminUrl, token: address.token });
}
