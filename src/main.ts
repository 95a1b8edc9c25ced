/** The composition root of the control plane: takes the rooms and puts them together. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { systemClock } from './kit/clock.ts';
import { TidegateError } from './kit/errors.ts';
import { createLog } from './kit/log.ts';
import { createReleasers } from './kit/releasers.ts';
import { startControlPlane } from './control/control-plane.ts';
import { GATEWAY_FACT, stopLeftovers } from './control/leftovers.ts';
import type { ReadSecrets } from './control/secrets.ts';
import { createSecrets } from './control/secrets.ts';
import { createLocalEngine } from './engine/local/local.ts';
import { checkPort } from './gateway/port-check.ts';
import { createGateway } from './gateway/create.ts';
import { gatewayUrlOf } from './spec/address.ts';
import type { ConfigFile, Configuration } from './spec/configuration.ts';
import type { Spec } from './spec/spec.ts';
import { dropTemporaryRunFolder, prepareStateFolder, readOrMakeToken } from './state/folder.ts';
import { acquireLock } from './state/lock.ts';
import { openStore } from './state/open.ts';
import type { LiveEvent, Status } from './web/contract.ts';
import { liveEventOf } from './web/live-events.ts';
import { startWeb } from './web/server.ts';
import { statusOf } from './web/status.ts';
import { VERSION } from './kit/version.ts';

export interface TidegateOptions {
  /** From the file, or from the command line. */
  readonly configuration: Configuration;
  /** Understands what the state file kept: the same checks and defaults. @throws TidegateError CONFIG_INVALID */
  readonly resolve: (input: unknown) => Spec;
  /** The configuration file, absolute; null: none. */
  readonly configPath: string | null;
  /** Reads the file again; null where there is none (`run`). */
  readonly readConfig: (() => Promise<Configuration>) | null;
  /** The environments of these services by name, their secrets read now. @throws TidegateError SECRET_MISSING */
  readonly readSecrets: ReadSecrets;
  /** Tells what is in the file after each change, returns how to stop; null where there is none. */
  readonly watchConfig: ((onChange: (file: ConfigFile) => void) => () => void) | null;
  /** Takes over from a control plane that runs. */
  readonly replace: boolean;
}

/** A control plane that runs in this process. */
export interface Tidegate {
  readonly adminUrl: string;
  readonly gatewayUrl: string;
  /** What an earlier control plane left and this one could not prove to be its own. */
  readonly unproven: readonly string[];
  status(): Status;
  onEvent(listener: (event: LiveEvent) => void): () => void;
  /** Drains and stops everything; when `hurry` aborts, at once. */
  shutDown(hurry: AbortSignal): Promise<void>;
}

/**
 * Starts everything of one project.
 * @throws TidegateError ALREADY_RUNNING, PORT_TAKEN, HAPROXY_MISSING, GATEWAY_REFUSED, STATE_TOO_NEW, STATE_NOT_WRITABLE …;
 * nothing is left running then
 */
export async function startTidegate(options: TidegateOptions): Promise<Tidegate> {
  const { configuration, readConfig } = options;
  const { spec } = configuration;
  const folder = prepareStateFolder(spec.folder);
  const releasers = createReleasers();
  let hurry = AbortSignal.abort();
  try {
    const lock = acquireLock(folder.lock, {
      pid: process.pid,
      startedAt: systemClock.now(),
      stopping: false,
    });
    if (!lock) throw alreadyRunning(spec.name);
    releasers.add('the lock', () => lock.release());
    releasers.add('the run folder', () => dropTemporaryRunFolder(folder));

    const clock = systemClock;
    const log = createLog(`${folder.logs}/control.log`);
    const store = openStore(folder.database, { now: clock.now });
    releasers.add('the state file', () => store.close());
    const { unproven } = await stopLeftovers(store, clock, log);

    // Before anything is started: the port itself is listened on last.
    await checkPort(spec.admin.host, spec.admin.port, 'admin.port');

    const gatewayUrl = gatewayUrlOf(spec.gateway);
    const engine = await createLocalEngine({
      stateFolder: folder.path,
      runFolder: folder.run,
      nonce: store.nonce,
      gatewayUrl,
      log,
      clock,
    });
    releasers.add('the engine', () => engine.close());
    const gateway = createGateway({
      folder: folder.haproxy,
      runFolder: folder.run,
      logsFolder: folder.logs,
      nonce: store.nonce,
      log,
      clock,
      remember: (fact) => store.facts.set(GATEWAY_FACT, fact),
    });
    releasers.add('the gateway', () => gateway.close());

    const secrets = createSecrets(options.readSecrets);
    secrets.read(Object.values(spec.services));
    const control = await startControlPlane({
      configuration,
      readConfig,
      secrets,
      clock,
      log,
      store,
      engine,
      gateway,
    });
    releasers.add('the services', () => control.shutDown(hurry));
    const web = await startWeb({
      control,
      host: spec.admin.host,
      port: spec.admin.port,
      token: readOrMakeToken(folder.token),
      clock,
      log,
      version: VERSION,
    });
    releasers.add('the admin port', () => web.close());

    const here = {
      pid: process.pid,
      adminUrl: web.url,
      gatewayUrl,
      startedAt: clock.now(),
      configPath: options.configPath,
    };
    // Renamed into place: whoever reads it sees all of it.
    writeFileSync(`${folder.control}.new`, JSON.stringify(here), { mode: 0o600 });
    renameSync(`${folder.control}.new`, folder.control);
    releasers.add('control.json', () => rmSync(folder.control, { force: true }));
    log.info({ pid: process.pid, version: VERSION, gatewayUrl, adminUrl: web.url }, 'started');

    const status = (): Status =>
      statusOf(control.view(), { adminUrl: web.url, controlPid: process.pid });
    return {
      adminUrl: web.url,
      gatewayUrl,
      unproven,
      status,
      onEvent: (listener) => control.onEvent((event) => listener(liveEventOf(event, status))),
      async shutDown(signal) {
        log.info({}, 'stopping');
        try {
          lock.leaving();
        } catch (err) {
          // A full disk must not keep anybody from stopping.
          log.warn({ err }, 'the others could not be told that it is stopping');
        }
        hurry = signal;
        await releasers.releaseAll();
      },
    };
  } catch (thrown) {
    await releasers.releaseAll();
    throw thrown;
  }
}

/** Makes the project's state folder; where a control plane in the background leaves its last words. */
export function prepareProject(projectFolder: string): { readonly backgroundLog: string } {
  return { backgroundLog: `${prepareStateFolder(projectFolder).logs}/background.log` };
}

// Private

function alreadyRunning(name: string): TidegateError {
  return new TidegateError('ALREADY_RUNNING', `${name} is running already.`, {
    hint: 'See it with `tidegate status`, or end it with `tidegate down`.',
  });
}
