import { get } from 'node:http';
import { isIPv4 } from 'node:net';
import { messageOf } from '../../kit/errors.ts';
import { createClient, findControl } from '../../web/client.ts';
import type { Client } from '../../web/client.ts';
import type { Status } from '../../web/contract.ts';

/** Whose gateway a target is. */
export interface FoundProject {
  /** Null: none that is known. */
  readonly project: { readonly client: Client; readonly status: Status } | null;
  /** Why replicas and decisions will be missing, as a sentence; null: there is nothing to say. */
  readonly hint: string | null;
}

export interface WhereToLook {
  /** Of a project: with its configuration file. */
  readonly folder: string;
  /** It was named, and not merely where we are. */
  readonly named: boolean;
  /** How long whoever listens there has to say whether it is a gateway. Default 1 s. */
  readonly probeMs?: number;
}

/** Tells whether the target is the gateway of the project in this folder. Never throws. */
export async function findProject(target: URL, where: WhereToLook): Promise<FoundProject> {
  try {
    const address = await findControl(where.folder);
    if (!address) return await unknown(target, where, 'its control plane is not running');
    const client = createClient({ url: address.adminUrl, token: address.token });
    const status = await client.status();
    if (isSamePlace(target, new URL(status.gateway.url)))
      return { project: { client, status }, hint: null };
    return await unknown(target, where, `its gateway is ${status.gateway.url}`);
  } catch (thrown) {
    return { project: null, hint: `The project in ${where.folder}: ${messageOf(thrown)}` };
  }
}

/** Whether both lead to the same listener: all names of this machine are one. */
export function isSamePlace(target: URL, gateway: URL): boolean {
  if (target.protocol !== gateway.protocol) return false;
  const port = ({ port: given, protocol }: URL): string =>
    given || (protocol === 'https:' ? '443' : '80');
  if (port(target) !== port(gateway)) return false;
  return (
    target.hostname === gateway.hostname || (isHere(target.hostname) && isHere(gateway.hostname))
  );
}

// Private

const PROBE_MS = 1000;

async function unknown(
  target: URL,
  { folder, named, probeMs = PROBE_MS }: WhereToLook,
  why: string,
): Promise<FoundProject> {
  if (named) {
    const hint = `The project in ${folder} is not at ${target.host}: ${why}. Its replicas and decisions are not recorded.`;
    return { project: null, hint };
  }
  const hint = (await isGateway(target, probeMs))
    ? `${target.host} is a Tidegate gateway: with -c FILE of its project, replicas and decisions are recorded too.`
    : null;
  return { project: null, hint };
}

function isHere(hostname: string): boolean {
  if (['localhost', '[::1]', '[::]', '0.0.0.0'].includes(hostname)) return true;
  return isIPv4(hostname) && hostname.startsWith('127.');
}

/** By its own probe, which it answers in the same words everywhere. */
function isGateway(target: URL, probeMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      new URL('/.tidegate/health', target),
      { agent: false, signal: AbortSignal.timeout(probeMs) },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text = (text + chunk).slice(0, 1000);
        });
        answer.on('error', () => resolve(false));
        answer.on('end', () => resolve(answer.statusCode === 200 && text === '{"status":"ok"}'));
      },
    );
    request.on('error', () => resolve(false));
  });
}
