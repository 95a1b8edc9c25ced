import type { Clock } from '../kit/clock.ts';
import type { SecretRef } from '../spec/spec.ts';
import type { StateFolder } from '../state/folder.ts';
import { readOrMakeWebhookSecret } from '../state/folder.ts';
import { createPost } from './alerts/post.ts';
import type { ControlPlaneDeps } from './control-plane.ts';

/** How alerts are told: signed with the secret that signs the callbacks of tasks. */
export function projectAlerts({
  folder,
  ...deps
}: {
  readonly folder: Pick<StateFolder, 'webhookSecret'>;
  readonly clock: Clock;
  /** @throws Error saying why it cannot be had */
  readonly readSecret: (secret: SecretRef) => string;
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
