import { claimPort } from '../../kit/port-claim.ts';
import { noFreePort } from '../errors.ts';

export interface Ports {
  /** A port on which nobody listens and which no other replica was given, of any project. @throws TidegateError NO_FREE_PORT */
  take(): Promise<number>;
  give(port: number): void;
  /** Keeps a port from being given out that an adopted replica listens on. */
  hold(port: number): void;
}

/** Below the range from which the kernel gives ports to outgoing connections. */
const FIRST = 20_000;
const LAST = 29_999;

/** Goes round the range, so that a port just given back rests, and starts anywhere, so that two projects seldom meet. */
export function createPorts(first: number = FIRST, last: number = LAST): Ports {
  /** Port → what lets go of it among all projects. */
  const taken = new Map<number, () => void>();
  let next = first + Math.floor(Math.random() * (last - first + 1));

  return {
    async take() {
      for (let tries = first; tries <= last; tries++) {
        const port = next;
        next = port === last ? first : port + 1;
        if (taken.has(port)) continue;
        // Before it is claimed, so that two calls at once never ask for the same one.
        taken.set(port, HELD);
        let letGo: (() => void) | null = null;
        try {
          letGo = await claimPort(port);
        } finally {
          if (letGo) taken.set(port, letGo);
          else taken.delete(port);
        }
        if (letGo) return port;
      }
      throw noFreePort(first, last);
    },
    give(port) {
      taken.get(port)?.();
      taken.delete(port);
    },
    // Its replica listens, or will in a moment, which keeps others off.
    hold(port) {
      taken.set(port, taken.get(port) ?? HELD);
    },
  };
}

// Private

const HELD = (): void => undefined;
