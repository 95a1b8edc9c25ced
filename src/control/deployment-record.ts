import type { Log } from '../kit/log.ts';
import { revisionId } from '../spec/revision.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import type { DeploymentRow, DeploymentState, DeploymentStore } from '../state/deployments.ts';
import type { Applied } from './applied.ts';
import type { ControlEvent } from './control.ts';
import type { Replica } from './roster.ts';
import type { Transition } from './transition.ts';
import type { DeployedService, Deployment, DeploymentTraffic } from './view.ts';

/** What is stored of a deployment beside its row: enough to show it and to go on with it or back. */
export interface DeploymentDetail {
  readonly from: Applied;
  readonly to: Applied;
  readonly changes: readonly string[];
  readonly services: readonly DeployedService[];
  /** Services of which replicas of both revisions can serve; `byConnect`: their health paths differ. */
  readonly mixed: readonly {
    readonly name: string;
    readonly revision: string;
    readonly byConnect: boolean;
  }[];
  /** The replicas that a restart replaces, by service. */
  readonly replaces: Readonly<Record<string, readonly string[]>>;
  readonly steps: Deployment['steps'];
  readonly traffic: DeploymentTraffic;
  readonly problem: string | null;
  /** It stood still and nothing of it is left: nobody goes on with it. */
  readonly over?: boolean;
}

/** A deployment while it goes on; each step is stored before it is told. */
export interface DeploymentRecord {
  readonly id: number;
  readonly view: Deployment;
  say(text: string): void;
  /** So many of the service's replicas are new now; these of them take traffic. */
  replaced(service: string, count: number, newcomers: readonly Replica[]): void;
  /** What clients see of it; stored with the next step. */
  sees(traffic: DeploymentTraffic): void;
  end(
    state: Exclude<DeploymentState, 'running'>,
    problem: string | null,
    how?: Pick<DeploymentDetail, 'over'>,
  ): void;
}

export interface RecordDeps {
  readonly store: DeploymentStore;
  readonly log: Log;
  readonly emit: (event: ControlEvent) => void;
  readonly now: () => number;
}

/** Stores a new one and tells that it began. @throws what the state file throws: one nobody remembers must not start */
export function createRecord(
  { store, log, emit, now }: RecordDeps,
  kind: Pick<DeploymentRow, 'kind' | 'service'>,
  plan: Omit<DeploymentDetail, 'steps' | 'problem'>,
): DeploymentRecord {
  let detail: DeploymentDetail = { ...plan, steps: [], problem: null };
  let row = store.insert({
    ...kind,
    state: 'running',
    startedAt: now(),
    endedAt: null,
    detail,
  });

  const change = (part: Partial<DeploymentDetail>, ended: Partial<DeploymentRow> = {}): void => {
    detail = { ...detail, ...part };
    row = { ...row, ...ended, detail };
    store.put(row);
  };
  const tell = (text: string): void =>
    emit({ kind: 'deployment', at: now(), deployment: deploymentOf(row), text });
  const say = (text: string): void => {
    change({ steps: [...detail.steps, { at: now(), text }] });
    tell(text);
  };
  const logs = (sentence: string): void => {
    const { id, kind, service, state } = row;
    const services = detail.services.map(({ name }) => name);
    log.info({ id, kind, service, services, state }, sentence);
  };
  tell('it began');
  logs('a deployment began');

  return {
    id: row.id,
    get view() {
      return deploymentOf(row);
    },
    say,
    replaced(name, count, newcomers) {
      const services = detail.services.map((service) =>
        service.name === name ? { ...service, replaced: Math.min(count, service.of) } : service,
      );
      change({ services });
      const deployed = services.find((service) => service.name === name);
      const ids = newcomers.map(({ id }) => id).join(', ');
      const takes = newcomers.length === 1 ? 'takes traffic' : 'take traffic';
      say(`${name}: ${progressText(deployed, count)}${ids === '' ? '' : `; ${ids} ${takes}`}`);
    },
    sees(traffic) {
      detail = { ...detail, traffic };
      row = { ...row, detail };
    },
    end(state, problem, how = {}) {
      change({ problem, ...how }, { state, endedAt: now() });
      tell(problem ?? 'it is done');
      logs('a deployment ended');
    },
  };
}

/** As it is shown, from its row. */
export function deploymentOf({ detail, ...row }: DeploymentRow): Deployment {
  const { changes, services, steps, traffic, problem } = detail as DeploymentDetail;
  return { ...row, changes, services, steps, traffic, problem };
}

/**
 * The services of a transition as they are told; `of` is how many replicas there are to replace, and so many of the
 * target's are `there` already: an interrupted deployment has brought them up.
 */
export function deployedServices(
  { from, to, added, rolled, removed }: Transition,
  desired: (name: string) => number,
  there: (target: ServiceSpec) => number,
): readonly DeployedService[] {
  const service = (name: string, of: number, replaced = 0): DeployedService => {
    const [was, is] = [from.services[name], to.services[name]];
    return {
      name,
      from: was ? revisionId(was) : null,
      to: is ? revisionId(is) : null,
      replaced: Math.min(replaced, of),
      of,
    };
  };
  return [
    ...added.map(({ name, scale }) => service(name, scale.min)),
    ...rolled.map((target) => service(target.name, desired(target.name), there(target))),
    ...removed.map((name) => service(name, 0)),
  ];
}

/** The services of which two revisions serve while it goes on. */
export function mixedServices({ from, rolled }: Transition): DeploymentDetail['mixed'] {
  return rolled.map((target) => ({
    name: target.name,
    revision: revisionId(target),
    byConnect: from.services[target.name]?.health.path !== target.health.path,
  }));
}

// Private

function progressText(deployed: DeployedService | undefined, count: number): string {
  if (!deployed) return `${count} replaced`;
  const { from, to, of } = deployed;
  if (of === 0) {
    if (from === null) return 'new, and sleeps until a request comes';
    const what = from === to ? 'a new replica' : 'the new revision';
    return `${what} came up as a trial; it sleeps on`;
  }
  return `${Math.min(count, of)} of ${of} ${from === null ? 'started' : 'replaced'}`;
}
