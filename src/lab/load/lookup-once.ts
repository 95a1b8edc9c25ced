import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Both, whatever a hosts file says: a target called localhost is never another machine. */
const LOCALHOST: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** `dns.lookup` whose first answer holds: 10,000 users ask for one name. */
export function lookupOnce(): LookupFunction {
  let known: LookupAddress[] | null = null;
  return (hostname, options, callback) => {
    const tell = (addresses: LookupAddress[]): void => {
      const [first] = addresses as [LookupAddress];
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    };
    const all = hostname === 'localhost' ? LOCALHOST : known;
    // Never at once: whoever asks is not ready for the answer yet.
    if (all) process.nextTick(tell, all);
    else {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '');
        known = addresses;
        tell(addresses);
      });
    }
  };
}
