import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Both, whatever a hosts file says: a target called localhost is never another machine. */
const LOCALHOST: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** What `node:dns` is asked by. */
type Ask = (
  hostname: string,
  options: { readonly all: true },
  told: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** `dns.lookup` of one name, whose first answer holds: 10,000 users who ask at once are one question. */
export function lookupOnce(ask: Ask = lookup): LookupFunction {
  let known: Promise<LookupAddress[]> | null = null;
  const askAnew = (hostname: string, options: object): Promise<LookupAddress[]> => {
    const asked = new Promise<LookupAddress[]>((resolve, reject) => {
      ask(hostname, { ...options, all: true }, (error, addresses) => {
        if (!error) return resolve(addresses);
        known = null;
        reject(error);
      });
    });
    return (known = asked);
  };
  return (hostname, options, callback) => {
    const answer =
      hostname === 'localhost' ? Promise.resolve(LOCALHOST) : (known ?? askAnew(hostname, options));
    answer.then(
      (addresses) => {
        const [first] = addresses as [LookupAddress];
        // Out of the promise: what the callback throws is not an answer's failure.
        process.nextTick(() => {
          if (options.all) callback(null, addresses);
          else callback(null, first.address, first.family);
        });
      },
      (error: NodeJS.ErrnoException) => process.nextTick(callback, error, ''),
    );
  };
}
