import { line, secretUrl } from './safe-text.ts';
import { duration, list, section } from './values.ts';

const alert = section({
  /** The condition: 'api.latency > 2s'. */
  when: line,
  /** How long it must hold. */
  for: duration(0).optional(),
  /** The address told about it. */
  notify: secretUrl,
});

export const alerts = list(alert);
