// Takes the money. Paying twice for one order is the same payment: its id comes from the order, so it does not matter
// which replica is asked, nor how often.
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Refusal, serve } from '../shared/serve.ts';

/** The bank takes its time, and none of our CPU. */
const BANK_MS = 40;

/** Cents; above it the bank says no. */
const LIMIT = 20_000;

serve({
  'GET /health': () => ({ ok: true }),
  'POST /payments': async ({ body }) => {
    const { order, cents } = (body ?? {}) as { order?: unknown; cents?: unknown };
    if (!Number.isInteger(order) || !Number.isInteger(cents)) {
      throw new Refusal(400, 'a payment needs an order and its cents');
    }
    await delay(BANK_MS);
    if ((cents as number) > LIMIT) throw new Refusal(402, 'the bank declines');
    const id = createHash('sha256')
      .update(`payment for ${String(order)}`)
      .digest('hex')
      .slice(0, 12);
    return { id, order, cents, status: 'paid' };
  },
});
