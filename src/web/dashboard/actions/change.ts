import type { DeployAnswer, PauseAnswer, ScaleAnswer, ServiceStatus } from '../../contract.ts';
import type { TaskList } from '../../task-contract.ts';

/** Something the page can do, in words, before it is done. */
export interface Change {
  /** A question: `Hold api at 4 replicas?` */
  readonly title: string;
  /** What will happen, as sentences. */
  readonly words: readonly string[];
  /** What does the same on a terminal. */
  readonly command: string;
  /** Of the button that does it: `Hold at 4`. */
  readonly verb: string;
  readonly path: string;
  readonly body?: object;
  /** What came of it, out of the answer. */
  readonly said: (answer: unknown) => string;
}

type Counted = Pick<
  ServiceStatus,
  'name' | 'desired' | 'pinned' | 'paused' | 'deploying' | 'policy' | 'min' | 'max'
>;

/** Holds a service at a count. */
export function scaleChange(service: Counted, count: number): Change {
  const { name, desired, deploying } = service;
  return {
    title: `Hold ${name} at ${replicas(count)}?`,
    words: [
      count === desired
        ? `${name} stays at ${replicas(count)} until released, whatever the load.`
        : `${name} goes from ${desired} to ${replicas(count)} and stays there until released, whatever the load.`,
      ...(count > desired ? ['Each new one takes traffic once it is healthy.'] : []),
      ...(count < desired && count > 0
        ? ['Those that leave finish what they have in flight first.']
        : []),
      ...(count === 0 ? ['Requests are refused meanwhile: none of them wakes it.'] : []),
      ...(deploying ? [AFTER_DEPLOYMENT] : []),
    ],
    command: `tidegate scale ${name} ${count}`,
    verb: `Hold at ${count}`,
    path: `${pathOf(name)}/scale`,
    body: { count },
    said: (answer) => {
      const held = (answer as ScaleAnswer).desired;
      return `${name} is held at ${replicas(held)}. Auto lets go.`;
    },
  };
}

/** Gives the count back to the policy. */
export function releaseChange(service: Counted): Change {
  const { name, policy, desired, min, max, paused, deploying } = service;
  return {
    title: `Let ${name} scale by itself?`,
    words: [
      `Its policy (${policy}) decides again: from ${replicas(desired)}, between ${min} and ${max}.`,
      ...(paused ? ['It is paused as well, so nothing changes until it is resumed.'] : []),
      ...(deploying ? [AFTER_DEPLOYMENT] : []),
    ],
    command: `tidegate scale ${name} auto`,
    verb: 'Let go',
    path: `${pathOf(name)}/scale`,
    body: { count: 'auto' },
    said: (answer) =>
      `${name} follows its policy again, from ${replicas((answer as ScaleAnswer).desired)}.`,
  };
}

export function pauseChange({ name, desired }: Counted): Change {
  return {
    title: `Pause the scaling of ${name}?`,
    words: [
      `${name} stays at ${replicas(desired)} until resumed, whatever the load.`,
      'Replicas that die are still replaced.',
    ],
    command: `tidegate pause ${name}`,
    verb: 'Pause',
    path: `${pathOf(name)}/pause`,
    said: (answer) => `${(answer as PauseAnswer).service} is paused. Resume goes on.`,
  };
}

export function resumeChange({ name, policy, desired, pinned }: Counted): Change {
  return {
    title: `Resume the scaling of ${name}?`,
    words: [
      pinned === null
        ? `Its policy (${policy}) decides again, from ${replicas(desired)}.`
        : `It is still held at ${replicas(pinned)}: the policy decides once it is released, too.`,
    ],
    command: `tidegate resume ${name}`,
    verb: 'Resume',
    path: `${pathOf(name)}/resume`,
    said: (answer) => `${(answer as PauseAnswer).service} is no longer paused.`,
  };
}

export function restartChange({ name, desired }: Counted): Change {
  return {
    title: `Restart ${name}?`,
    words: [
      desired === 0
        ? `${name} has no replicas: one is started to see that it comes up.`
        : desired === 1
          ? `The replica of ${name} is replaced by a new one of the same revision.`
          : `All ${desired} replicas of ${name} are replaced by new ones of the same revision, a few at a time.`,
      desired === 1
        ? 'The new one is healthy before the old one drains, so no request is lost. Secrets are read again.'
        : 'Each substitute is healthy before an old one drains, so no request is lost. Secrets are read again.',
      'Its count is frozen until that is done.',
    ],
    command: `tidegate restart ${name}`,
    verb: 'Restart',
    path: `${pathOf(name)}/restart`,
    said: (answer) => {
      const { deployment } = answer as DeployAnswer;
      return deployment === null
        ? `There is nothing to restart of ${name}.`
        : `Restart ${deployment.id} of ${name} has begun.`;
    },
  };
}

type Sent = Pick<TaskList['tasks'][number], 'id' | 'queue' | 'state' | 'attempt'>;

export function retryChange({ id, queue, state, attempt }: Sent): Change {
  return {
    title: 'Try this task again?',
    words: [
      `${id} of ${queue} ${state === 'succeeded' ? 'succeeded' : `ended after ${attempt === 1 ? 'one attempt' : `${attempt} attempts`}`}; it is queued anew, with all its retries.`,
      'What its attempts did already is not undone: the service sees the same task id again.',
    ],
    command: `tidegate task retry ${id}`,
    verb: 'Try again',
    path: `${taskPathOf(id)}/retry`,
    said: () => `The task ${id} is queued again.`,
  };
}

export function cancelChange({ id, queue, state }: Sent): Change {
  return {
    title: 'Cancel this task?',
    words: [
      state === 'running'
        ? `${id} of ${queue} is being worked on: its delivery is broken off, and it is not tried again.`
        : `${id} of ${queue} waits: it will not be delivered.`,
      'It can be tried again by hand later.',
    ],
    command: `tidegate task cancel ${id}`,
    verb: 'Cancel the task',
    path: `${taskPathOf(id)}/cancel`,
    said: () => `The task ${id} is cancelled.`,
  };
}

// Private

const AFTER_DEPLOYMENT = 'A deployment is at work on it: the count changes when that has ended.';

/** `1 replica`, `4 replicas` */
function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}

function pathOf(service: string): string {
  return `/api/v1/services/${encodeURIComponent(service)}`;
}

function taskPathOf(id: string): string {
  return `/api/v1/tasks/${encodeURIComponent(id)}`;
}
