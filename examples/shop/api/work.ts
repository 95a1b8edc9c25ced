import { Refusal } from '../shared/serve.ts';

const USUAL_MS = 3_000;
const LONGEST_MS = 10_000;

/** Keeps the CPU, and with it the event loop, busy for so many ms, as a large sort or an image would. */
export function work(asked: string | null): { readonly ms: number; readonly rounds: number } {
  const ms = asked === null ? USUAL_MS : Number(asked);
  if (!(ms >= 0 && ms <= LONGEST_MS)) throw new Refusal(400, `ms goes from 0 to ${LONGEST_MS}`);
  const untilMs = performance.now() + ms;
  let rounds = 0;
  while (performance.now() < untilMs) rounds++;
  return { ms, rounds };
}
