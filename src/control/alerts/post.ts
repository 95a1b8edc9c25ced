import type { Clock } from '../../kit/clock.ts';
import { addressProblem } from '../../spec/alert-address.ts';
import type { SecretRef } from '../../spec/spec.ts';
import { postCallback } from '../../tasks/callbacks/post.ts';
import { signer } from '../../tasks/callbacks/signature.ts';
import { badAlertAddress } from '../errors.ts';
import type { Post } from './courier.ts';

export interface PostDeps {
  readonly clock: Clock;
  /** @throws Error saying why it cannot be had */
  readonly readSecret: (secret: SecretRef) => string;
  /** What messages are signed with; asked each time. */
  readonly webhookSecret: () => string;
}

/** Signs and sends like the callbacks of tasks; what is secret in the address is in no error. */
export function createPost({ clock, readSecret, webhookSecret }: PostDeps): Post {
  return async ({ address, id, body }, giveUp) => {
    const url = typeof address.url === 'string' ? address.url : readSecret(address.url).trim();
    const problem = addressProblem(url, address);
    if (problem !== null) throw badAlertAddress(problem);
    const sign = signer(webhookSecret());
    const headers = { ...HEADERS, ...sign(id, clock.now(), body) };
    return await postCallback({ url, headers, body, privateNetworks: true, giveUp });
  };
}

// Private

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'Tidegate' } as const;
