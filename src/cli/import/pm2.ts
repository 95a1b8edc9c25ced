import { formatDuration } from '../../kit/duration.ts';
import { DEFAULTS } from '../../spec/defaults.ts';
import type { ServiceConfig } from '../../spec/define.ts';
import { scaleFor, sizeOf, wholeOf } from './amounts.ts';
import type { Draft, DraftService, Lose } from './draft.ts';
import { below, keysOf, scalarText, takeText } from './keys.ts';
import type { Keys } from './keys.ts';
import { portRemark, withoutOwnPort } from './own-port.ts';
import { pm2Command } from './pm2-command.ts';
import { pm2Environment } from './pm2-environment.ts';
import { whyNotOfPm2 } from './pm2-losses.ts';
import { pm2Serve } from './pm2-serve.ts';

export interface Pm2Options {
  /** `--env production` of PM2: its `env_production` over `env`. */
  readonly env: string | undefined;
  /** Of a script, which may have copied values out of it; null where nothing was run. */
  readonly environment: NodeJS.ProcessEnv | null;
}

/** What a PM2 ecosystem file says: `{ apps: [...] }`, a list of apps, or one app. */
export function readPm2(input: unknown, options: Pm2Options, lose: Lose): Draft {
  const file = keysOf(input);
  const wrapped = file?.has('apps') === true;
  const given = wrapped ? file.take('apps') : input;
  if (wrapped) {
    for (const [key] of file.rest()) {
      lose(
        key,
        key === 'deploy' ? "PM2's deploy over ssh has no counterpart" : 'is no list of apps',
      );
    }
  }
  const isList = Array.isArray(given);
  const apps: readonly unknown[] = isList ? given : [given];
  const services = apps.flatMap((app, index) => {
    const at = isList ? below('apps', index) : 'app';
    return oneScriptEach(app).flatMap((each) => serviceOf(each, at, options, lose) ?? []);
  });
  if (services.length > 0) {
    lose(
      'kill_signal',
      'PM2 ends a process with SIGINT, Tidegate a replica with SIGTERM: the program must end on that',
    );
  }
  return { services };
}

// Private

/** An app may be the path of a script, and its `script` a list of them. */
function oneScriptEach(app: unknown): readonly unknown[] {
  if (typeof app === 'string') return [{ script: app }];
  const scripts = keysOf(app)?.take('script');
  if (!Array.isArray(scripts)) return [app];
  return scripts.map((script: unknown) => ({ ...(app as object), name: undefined, script }));
}

function serviceOf(app: unknown, at: string, options: Pm2Options, lose: Lose): DraftService | null {
  const keys = keysOf(app);
  if (!keys) {
    lose(at, 'is no app: it must be an object with a script');
    return null;
  }
  const lost: Lose = (key, why) => lose(below(at, key), why);
  const autorestart = keys.take('autorestart');
  if (autorestart === false && (keys.has('cron_restart') || keys.has('cron'))) {
    lose(at, 'is a job that runs by the clock, no service: give it to cron or a systemd timer');
    return null;
  }
  if (autorestart === false) {
    lost(
      'autorestart',
      'a replica that ends is always started again; a job that runs once is no service',
    );
  }
  const name = takeText(keys, ['name'], lost);
  const command = pm2Command(keys, lost);
  const environment = pm2Environment(keys, at, options, lose);
  const serve = pm2Serve(command?.command, environment.env, at, lose);
  const env = serve ? serve.env : environment.env;
  const count = countOf(keys, lost);
  const cwd = takeText(keys, ['cwd'], lost);
  const user = takeText(keys, ['uid', 'user'], lost);
  const { scale, remark } = scaleFor(count);
  const given: ServiceConfig = {
    ...(command && !serve && { command: command.command }),
    ...(cwd !== undefined && { cwd }),
    ...(env && { env }),
    ...(user !== undefined && { user }),
    ...healthOf(keys, lost),
    ...memoryOf(keys, lost),
    ...drainOf(keys, lost),
    scale,
  };
  const { config, port: ofCommand } = withoutOwnPort(given, below(at, 'script'), lose);
  const port = environment.port ?? ofCommand ?? serve?.port ?? null;
  const isCluster = scalarText(keys.take('exec_mode')).startsWith('cluster');
  if (isCluster) {
    lost(
      'exec_mode',
      'a cluster shares one port; here each replica is a process of its own and must listen on $PORT',
    );
  }
  for (const [key, value] of keys.rest()) {
    const why = whyNotOfPm2(key, value);
    if (why !== null) lost(key, why);
  }
  return {
    at,
    name: name ?? command?.name ?? 'app',
    config,
    isPublic: port !== null || isCluster,
    publicPort: null,
    remarks: [remark, ...(port === null ? [] : [portRemark(port)])],
  };
}

function countOf(keys: Keys, lost: Lose): number | 'cores' {
  const written = keys.take('instances');
  if (written === undefined || written === null) return 1;
  const count = wholeOf(written);
  if (written === 'max' || count === 0) return 'cores';
  if (count !== undefined && count < 0) {
    lost('instances', `is the number of cores less ${-count}; scale.max is 'cores' instead`);
    return 'cores';
  }
  if (count !== undefined && count <= 1000) return count;
  lost('instances', 'is no number of processes; one was taken');
  return 1;
}

/** What PM2 waits for is a message of the program; we ask it. */
function healthOf(keys: Keys, lost: Lose): Pick<ServiceConfig, 'health'> {
  const written = keys.take('listen_timeout') ?? null;
  if (keys.take('wait_ready') === true) {
    lost(
      'wait_ready',
      "nobody waits for process.send('ready'): it is ready once it listens, or once health.path answers",
    );
  }
  if (written === null) return {};
  const startupMs = wholeOf(written) ?? 0;
  if (startupMs > DEFAULTS.health.startupMs)
    return { health: { startup: formatDuration(startupMs) } };
  lost('listen_timeout', 'a replica may take a minute until it listens: health.startup');
  return {};
}

function memoryOf(keys: Keys, lost: Lose): Pick<ServiceConfig, 'resources'> {
  const written = keys.take('max_memory_restart');
  if (written === undefined || written === null) return {};
  const memory = sizeOf(written);
  if (memory) return { resources: { memory } };
  lost('max_memory_restart', 'is no size such as 300M');
  return {};
}

/** Requests are finished before the program is told to end; only what needs longer than that is worth a word. */
function drainOf(keys: Keys, lost: Lose): Pick<ServiceConfig, 'drain'> {
  const written = keys.take('kill_timeout') ?? null;
  if (written === null) return {};
  const waitMs = wholeOf(written) ?? 0;
  if (waitMs > DEFAULTS.leastDrainMs) return { drain: formatDuration(waitMs) };
  lost(
    'kill_timeout',
    'a leaving replica finishes its requests before it is ended: drain, at least 30s by default',
  );
  return {};
}
