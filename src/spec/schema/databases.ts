import { name, secretUrl } from './safe-text.ts';
import { named, oneOf, section } from './values.ts';

const database = section({
  /** Which program: 'postgres' or 'redis'. */
  kind: oneOf(['postgres', 'redis']),
  /** The address of a server of your own. Default: one is started and looked after. */
  url: secretUrl.optional(),
});

export const databases = named(name, database);
