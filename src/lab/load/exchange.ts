import { request, type Agent, type ClientRequest } from 'node:http';
import { codeOf } from '../../kit/errors.ts';
import { outcomeOfCode, outcomeOfStatus, type Outcome } from './outcome.ts';
import type { TargetRequest } from './target.ts';

/**
 * Sends one request and tells how it ended; never throws. `budgetMs` is what is left of the target's timeout.
 * Aborting is the agent's business: destroyed, it resets what is under way.
 */
export function exchange(target: TargetRequest, agent: Agent, budgetMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const outgoing: ClientRequest = request(target.url, {
      agent,
      method: target.method,
      headers: {
        ...target.headers,
        ...(target.body === null ? {} : { 'content-length': Buffer.byteLength(target.body) }),
      },
    });
    // The first cause wins: destroying for a timeout also raises an error, which is not the cause.
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const timer = setTimeout(
      () => {
        settle('timeout');
        outgoing.destroy();
      },
      Math.max(1, budgetMs),
    );
    outgoing.on('error', (error) => settle(kindOf(error)));
    outgoing.on('response', (answer) => {
      const status = answer.statusCode ?? 0;
      answer.on('error', (error) => settle(kindOf(error)));
      answer.on('end', () => settle(outcomeOfStatus(status)));
      answer.resume();
    });
    outgoing.end(target.body ?? undefined);
  });
}

// Private

function kindOf(error: unknown): Outcome {
  const code = codeOf(error) ?? 'other';
  return code.startsWith('HPE_') ? 'protocol' : outcomeOfCode(code);
}
