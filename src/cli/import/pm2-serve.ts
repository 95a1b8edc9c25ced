import type { ServiceConfig } from '../../spec/define.ts';
import { shellText } from '../shell-text.ts';
import type { Lose } from './draft.ts';
import { below } from './keys.ts';

type Variables = NonNullable<ServiceConfig['env']>;

/**
 * PM2's own server of static files, which an app asks for with `script: 'serve'`: its command is left to be written, and
 * its variables, among them a password, are left out. Null for any other app.
 */
export function pm2Serve(
  command: ServiceConfig['command'],
  env: Variables | undefined,
  at: string,
  lose: Lose,
): { readonly env: Variables | undefined; readonly port: number | null } | null {
  const given = Object.entries(env ?? {});
  const isOfServe = ([name]: readonly [string, unknown]): boolean => name.startsWith('PM2_SERVE_');
  const isServer = given.some(isOfServe)
    ? typeof command === 'string' && /^serve(?:\s|$)/.test(command)
    : command === 'serve';
  if (!isServer) return null;
  const folder = env?.['PM2_SERVE_PATH'];
  const path = shellText([typeof folder === 'string' ? folder : '.']);
  const spa = env?.['PM2_SERVE_SPA'] === 'true' ? '-s ' : '';
  lose(
    below(at, 'script'),
    `'serve' is PM2's own server of static files, with its PM2_SERVE_ variables: write another as command, such as ` +
      `'npx serve ${spa}-l $PORT ${path}'`,
  );
  if (env?.['PM2_SERVE_BASIC_AUTH'] === 'true') {
    lose(
      below(below(at, 'env'), 'PM2_SERVE_BASIC_AUTH'),
      'nothing asks for a password any more: the files are open',
    );
  }
  const others = given.filter((variable) => !isOfServe(variable));
  const port = Number(env?.['PM2_SERVE_PORT'] ?? 8080);
  return {
    env: others.length > 0 ? Object.fromEntries(others) : undefined,
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : null,
  };
}
