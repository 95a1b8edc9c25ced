/** The composition root of the control plane: takes the rooms and puts them together. */
import { rmSync } from 'node:fs';
import { systemClock } from './kit/clock.ts';
import { createLog } from './kit/log.ts';
import { createReleasers } from './kit/releasers.ts';
import { requireAddresses } from './control/alerts/addresses.ts';
import type { Adoption } from './control/adopt.ts';
import type { Applied } from './control/applied.ts';
import { APPLIED_FACT, forgetApplied, tryToForgetApplied } from './control/applied.ts';
import { projectAlerts } from './control/project-alerts.ts';
import { startControlPlane } from './control/control-plane.ts';
import { configurationAfter } from './control/going-on.ts';
import type { End } from './control/project-databases.ts';
import {
  endDatabases,
  givenUnder,
  projectDatabases,
  projectQueues,
} from './control/project-databases.ts';
import { projectMaterial, requireMaterial } from './control/project-material.ts';
import { projectEngine, projectGateway } from './control/project-world.ts';
import type { ReadSecrets } from './control/secrets.ts';
import { createSecrets } from './control/secrets.ts';
import {
  alreadyRunning,
  goingOnWithApplied,
  goingOnWithout,
  lostState,
  notOurs,
} from './control/start-words.ts';
import { checkAdminPort } from './gateway/port-check.ts';
import type { ReadSecret } from './gateway/keys/sources.ts';
import { keepBounded } from './process/bounded-logs.ts';
import { createLogFiles } from './process/log-file.ts';
import { findOurs } from './process/find.ts';
import { plainUrlOf } from './spec/address.ts';
import type { ConfigFile, Configuration } from './spec/configuration.ts';
import type { Spec } from './spec/spec.ts';
import { dropTemporaryRunFolder, prepareStateFolder, readOrMakeToken } from './state/folder.ts';
import { acquireLock } from './state/lock.ts';
import { placeOf } from './state/place.ts';
import { openOrSetAside } from './state/set-aside.ts';
import { takeOverLock } from './state/take-over.ts';
import { writeWhole } from './kit/whole-file.ts';
import type { NotedAddress } from './web/client.ts';
import type { Status } from './web/contract.ts';
import type { LiveEvent } from './web/event-contract.ts';
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
  /** One secret of the gateway, read now. @throws Error saying why it cannot be had */
  readonly readSecret: ReadSecret;
  /** Tells what is in the file after each change, returns how to stop; null where there is none. */
  readonly watchConfig: ((onChange: (file: ConfigFile) => void) => () => void) | null;
  /** Takes over from a control plane that runs. */
  readonly replace: boolean;
  /** Told what is waited for while it starts, as sentences. */
  readonly tell: (sentence: string) => void;
}

/** A control plane that runs in this process. */
export interface Tidegate {
  readonly adminUrl: string;
  readonly gatewayUrl: string;
  /** What an earlier control plane had left. */
  readonly adopted: Adoption;
  /** What a person should know of how it started, as sentences. */
  readonly warnings: readonly string[];
  status(): Status;
  onEvent(listener: (event: LiveEvent) => void): () => void;
  /** Drains and stops everything; when `hurry` aborts, at once. `forGood`: the next start takes the file as it is then. */
  shutDown(hurry: AbortSignal, forGood: boolean): Promise<void>;
  /** Ends the control plane alone: the gateway and the replicas go on, and the next one adopts them. */
  leave(): Promise<void>;
}

/**
 * Starts everything of one project, or goes on with what an earlier control plane left of it. `giveUp` ends the wait for
 * one that is to be replaced.
 * @throws TidegateError ALREADY_RUNNING, PORT_TAKEN, HAPROXY_MISSING, DATABASE_MISSING, DATABASE_FAILED, MATERIAL_UNUSABLE, GATEWAY_REFUSED, STATE_TOO_NEW, STATE_NOT_WRITABLE …;
 * nothing is left running then but what ran before
 */
export async function startTidegate(
  options: TidegateOptions,
  giveUp: AbortSignal,
): Promise<Tidegate> {
  const { configuration: file, readConfig, replace, readSecret } = options;
  const folder = prepareStateFolder(file.spec.folder);
  const { admin, name } = file.spec;
  const clock = systemClock;
  // Before a control plane that runs is asked to leave for one that could not start.
  if (replace) {
    options.readSecrets(Object.values(file.spec.services));
    requireMaterial(file.spec.gateway, readSecret, clock);
    requireAddresses(file.spec.alerts, readSecret);
  }
  const releasers = createReleasers();
  let end: End = { kind: 'failed' };
  let runs = false;
  let afterFailure = (): void => undefined;
  try {
    const holder = { pid: process.pid, startedAt: clock.now(), stopping: false };
    const lock = replace
      ? await takeOverLock(folder.lock, holder, giveUp)
      : acquireLock(folder.lock, holder);
    if (!lock) throw alreadyRunning(name);
    releasers.add('the lock', () => lock.release());
    releasers.add('the run folder', () => dropTemporaryRunFolder(folder));

    const controlLog = `${folder.logs}/control.log`;
    const log = createLog(controlLog);
    const ownLogs = [controlLog, `${folder.logs}/background.log`];
    const bounds = keepBounded(createLogFiles(log), ownLogs);
    releasers.add('the bounds of the logs', () => bounds.stop());
    const warnings: string[] = [];
    const warn = (sentence: string): void => {
      warnings.push(sentence);
      log.warn({}, sentence);
    };
    const { store, setAside } = openOrSetAside(folder.database, { now: clock.now });
    releasers.add('the state file', () => store.close());
    if (setAside !== null) warn(lostState(setAside));

    runs = findOurs(store.nonce).length > 0;
    // A command line is what its user wants now; a file may be in the middle of a change.
    const { configuration, problem } =
      readConfig === null
        ? { configuration: file, problem: null }
        : configurationAfter(store.facts.get(APPLIED_FACT), file, options.resolve);
    if (problem !== null) warn(problem);
    // Before anything is started: the port itself is listened on last.
    await checkAdminPort(admin, runs ? null : configuration.spec.gateway);
    // Who cannot be started with it takes the file the next time; what runs is adopted with what it was started from.
    if (!runs) afterFailure = () => tryToForgetApplied(store, log);
    if (configuration === file) forgetApplied(store);
    const { gateway: gatewaySpec, services } = configuration.spec;
    let plainUrl = plainUrlOf(gatewaySpec);
    const world = { clock, log, warn, readSecret, folder, store };
    const databases = projectDatabases(configuration.spec, {
      ...world,
      tell: options.tell,
      giveUp,
    });
    const given = givenUnder(databases, () => plainUrl, world);
    const secrets = createSecrets(options.readSecrets, (spec) => {
      requireAddresses(spec.alerts, readSecret);
      return given(spec);
    });
    secrets.read(Object.values(services), configuration.spec);
    const material = await projectMaterial(gatewaySpec, world);
    // After all that may use them.
    releasers.add('the databases', () => endDatabases(databases, end));
    databases.onChange(({ message }) => log.warn({}, message));
    await databases.start();

    const engine = await projectEngine(world, () => plainUrl);
    releasers.add('the engine', () => engine.close());
    const gateway = projectGateway(world);
    releasers.add('the gateway', () => gateway.close());
    const control = await startControlPlane({
      configuration,
      readConfig,
      resolve: options.resolve,
      secrets,
      clock,
      log,
      store,
      engine,
      gateway,
      material,
      databases,
      ...projectQueues(databases, readSecret),
      ...projectAlerts(world),
    });
    control.onEvent(({ kind }) => {
      if (kind === 'deployment') ({ plainUrl } = control.view());
    });
    const { adopted } = control;
    for (const each of adopted.unproven) warnings.push(notOurs(each));
    const found = adopted.replicas.length > 0 || adopted.gatewayPid !== null;
    // A start that fails takes away what it started; what served before it serves on.
    releasers.add('the services', () => {
      if (end.kind === 'down') return control.shutDown(end.hurry);
      return end.kind === 'leave' || found
        ? control.leave()
        : control.shutDown(AbortSignal.abort());
    });
    const web = await startWeb({
      control,
      host: admin.host,
      port: admin.port,
      token: readOrMakeToken(folder.token),
      clock,
      log,
      version: VERSION,
    });
    releasers.add('the admin port', () => web.close());
    if (configuration === file) {
      store.facts.set(APPLIED_FACT, { input: file.input, overrides: {} } satisfies Applied);
    }

    const here: NotedAddress = {
      place: placeOf(folder.path),
      pid: process.pid,
      configPath: options.configPath,
      adminUrl: web.url,
      startedAt: clock.now(),
    };
    writeWhole(folder.control, JSON.stringify(here));
    releasers.add('control.json', () => rmSync(folder.control, { force: true }));
    control.fileSeen({ kind: 'readable', configuration: file });
    const differing = control.view().drift?.keys ?? [];
    if (differing.length > 0) warn(goingOnWithApplied(differing));
    const unwatch = options.watchConfig?.((seen) => control.fileSeen(seen));
    if (unwatch) releasers.add('the watch on the configuration file', unwatch);
    const { gatewayUrl } = control.view();
    log.info({ pid: process.pid, version: VERSION, gatewayUrl, adminUrl: web.url }, 'started');

    const status = (): Status =>
      statusOf(control.view(), { adminUrl: web.url, controlPid: process.pid });
    return {
      adminUrl: web.url,
      gatewayUrl,
      adopted,
      warnings,
      status,
      onEvent: (listener) => control.onEvent((event) => listener(liveEventOf(event, status))),
      async shutDown(hurry, forGood) {
        log.info({}, 'stopping');
        if (forGood) tryToForgetApplied(store, log);
        try {
          lock.leaving();
        } catch (err) {
          // A full disk must not keep anybody from stopping.
          log.warn({ err }, 'the others could not be told that it is stopping');
        }
        end = { kind: 'down', hurry };
        await releasers.releaseAll();
      },
      async leave() {
        log.info({}, 'leaving; the gateway, the replicas and the databases go on');
        end = { kind: 'leave' };
        await releasers.releaseAll();
      },
    };
  } catch (thrown) {
    afterFailure();
    await releasers.releaseAll();
    throw runs ? goingOnWithout(thrown) : thrown;
  }
}
