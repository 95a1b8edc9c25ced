import assert from 'node:assert/strict';
import { createClient, findControl } from '../../src/web/client.ts';
import type { Client } from '../../src/web/client.ts';
import type { ServiceStatus } from '../../src/web/contract.ts';
import { until } from './until.ts';

/** The API client of the project that runs in this folder. */
export async function adminOf(folder: string): Promise<Client> {
  const control = await findControl(folder);
  assert.ok(control, 'a control plane runs');
  return createClient({ url: control.adminUrl, token: control.token });
}

/** Holds the service at `count` and waits until so many are ready and no other is left. */
export async function scaleTo(
  client: Client,
  name: string,
  count: number,
  timeoutMs = 60_000,
): Promise<ServiceStatus> {
  await client.scale(name, count);
  return until(
    `${name} is at ${count}`,
    async () => {
      const service = await client.service(name);
      return service.ready === count && service.replicas.length === count && service;
    },
    timeoutMs,
  );
}
