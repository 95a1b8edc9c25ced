import { name, secretUrl } from './safe-text.ts';
import { named, oneOf, section } from './values.ts';

const database = section({
  /** Which program: 'postgres' or 'redis'. */
  kind: oneOf(['postgres', 'redis']),
  /** An own server to use instead of starting one. */
  url: secretUrl.optional(),
});

export const databases = named(name, database);
