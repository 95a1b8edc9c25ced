import type { Clock } from '../../kit/clock.ts';
import { postCallback } from '../../tasks/callbacks/post.ts';
import { signer } from '../../tasks/callbacks/signature.ts';
import type { ReadSecret } from './addresses.ts';
import { readAddress } from './addresses.ts';
import type { Post } from './courier.ts';

export interface PostDeps {
  readonly clock: Clock;
  readonly readSecret: ReadSecret;
  /** What messages are signed with; asked each time. */
  readonly webhookSecret: () => string;
}

/** Signs and sends like the callbacks of tasks; what is secret in the address is in no error. */
export function createPost({ clock, readSecret, webhookSecret }: PostDeps): Post {
  return async ({ address, id, body }, giveUp) => {
    const url = readAddress(address, readSecret);
    const sign = signer(webhookSecret());
    const headers = { ...HEADERS, ...sign(id, clock.now(), body) };
    return await postCallback({ url, headers, body, privateNetworks: true, giveUp });
  };
}

// Private

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'Tidegate' } as const;
