import { z } from 'zod';
import { line, secretUrl } from './safe-text.ts';
import { duration, list, section, yesOrNo } from './values.ts';

const alert = section({
  /** The condition: 'api.latency > 2s', '*.errors >= 5%', 'main.connections > 80%', 'gateway.connections > 5000'. */
  when: line.optional(),
  /** In place of `when`: the conditions that hold where nothing is said. true: they are told to `notify`; false: off. */
  defaults: yesOrNo.optional(),
  /** How long it must hold. Default: it is told at once. */
  for: duration(0).optional(),
  /** The address told about it, by POST. Default: it is shown and logged. */
  notify: secretUrl.optional(),
  /** Allows an address that begins with http:// and is not on this machine. Default false. */
  insecure: yesOrNo.optional(),
});

export const alerts = z.union([z.literal(false, { error: 'must be false' }), list(alert)], {
  error: "must be a list such as [{ when: 'api.latency > 2s', for: '1m' }], or false for none",
});
