import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * `public`: reachable by everybody. `private`: this machine or a network of ours (loopback, RFC 1918, shared address
 * space, ULA). `special`: no one server at all, or none that a callback is for (link-local with its metadata services,
 * multicast, documentation, reserved).
 */
export type AddressKind = 'public' | 'private' | 'special';

/** What an address is for; an IPv4 address in an IPv6 one (mapped, NAT64, 6to4) is what it is by itself. */
export function addressKind(address: string): AddressKind {
  if (isIPv4(address)) return kindOf4(address);
  // With a zone it is link-local.
  if (!isIPv6(address) || address.includes('%')) return 'special';
  const embedded = embeddedIn(groupsOf(address));
  if (embedded !== null) return kindOf4(embedded);
  if (PRIVATE.check(address, 'ipv6')) return 'private';
  return GLOBAL.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6') ? 'public' : 'special';
}

// Private

const PRIVATE = listOf(
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
);

/** https://www.iana.org/assignments/iana-ipv4-special-registry, and the same of IPv6. */
const SPECIAL = listOf(
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // With Teredo, which holds an IPv4 address of somebody else's choice.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
);

/** Nothing else of IPv6 is given out. */
const GLOBAL = listOf(['2000::', 3]);

function listOf(...networks: readonly (readonly [network: string, bits: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of networks) {
    list.addSubnet(network, bits, isIPv4(network) ? 'ipv4' : 'ipv6');
  }
  return list;
}

function kindOf4(address: string): AddressKind {
  if (PRIVATE.check(address, 'ipv4')) return 'private';
  return SPECIAL.check(address, 'ipv4') ? 'special' : 'public';
}

/** The IPv4 address that packets to this one end up at; null: none. */
function embeddedIn(groups: readonly number[]): string | null {
  const starts = (...first: readonly number[]): boolean =>
    first.every((group, index) => groups[index] === group);
  const at = (index: number): string => {
    const [high = 0, low = 0] = groups.slice(index, index + 2);
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  };
  if (starts(0, 0, 0, 0, 0, 0xffff) || starts(0x64, 0xff9b, 0, 0, 0, 0)) return at(6);
  return starts(0x2002) ? at(1) : null;
}

/** Eight numbers, as the URL parser, which knows all spellings, writes them. */
function groupsOf(address: string): readonly number[] {
  const { hostname } = new URL(`http://[${address}]`);
  const [front = '', back = ''] = hostname.slice(1, -1).split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(front), groups(back)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
