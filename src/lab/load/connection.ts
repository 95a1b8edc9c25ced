import { Agent } from 'node:http';
import { exchange } from './exchange.ts';
import type { Outcome } from './outcome.ts';
import type { TargetRequest } from './target.ts';

/** A keep-alive connection for one request at a time; opened at the first and anew where the server closed it. */
export interface Connection {
  /** Sends a request once the one before has ended, and tells later how it ended. Never throws. */
  ask(request: TargetRequest, budgetMs: number, ended: (outcome: Outcome) => void): void;
  /** Resets what is under way. */
  close(): void;
}

export function openConnection(_origin: URL): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask(request, budgetMs, ended) {
      void exchange(request, agent, budgetMs).then(ended);
    },
    close() {
      agent.destroy();
    },
  };
}
