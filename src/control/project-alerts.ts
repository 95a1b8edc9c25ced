import type { Clock } from '../kit/clock.ts';
import type { StateFolder } from '../state/folder.ts';
import { readOrMakeWebhookSecret } from '../state/folder.ts';
import type { ReadSecret } from './alerts/addresses.ts';
import { createPost } from './alerts/post.ts';
import type { ControlPlaneDeps } from './control-plane.ts';

/** How alerts are told: signed with the secret that signs the callbacks of tasks. */
export function projectAlerts({
  folder,
  ...deps
}: {
  readonly folder: Pick<StateFolder, 'webhookSecret'>;
  readonly clock: Clock;
  readonly readSecret: ReadSecret;
}): Pick<ControlPlaneDeps, 'alertPost'> {
  return {
    alertPost: (tasks) =>
      createPost({
        ...deps,
        webhookSecret() {
          const named = tasks()?.callbacks.secret ?? null;
          return named === null
            ? readOrMakeWebhookSecret(folder.webhookSecret)
            : deps.readSecret(named);
        },
      }),
  };
}
