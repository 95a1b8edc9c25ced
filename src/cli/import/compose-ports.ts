import type { Lose } from './draft.ts';
import { interpolated } from './interpolation.ts';
import { keysOf, scalarText } from './keys.ts';
import type { Keys } from './keys.ts';

export interface Ports {
  /** Requests came from outside. */
  readonly isPublic: boolean;
  /** The first port they came to; null where Compose chose one. */
  readonly port: number | null;
  readonly remarks: readonly string[];
}

/** What was published, and what a program that listened on a port of its own must change. */
export function composePorts(keys: Keys, lost: Lose): Ports {
  const written = keys.take('ports');
  const exposed = keys.take('expose');
  const ports = Array.isArray(written) ? written.map(portOf) : [];
  if (written !== undefined && written !== null && !Array.isArray(written)) {
    lost('ports', 'is no list of ports');
  }
  const [first, ...more] = ports.flatMap((port, index) => {
    if (port !== null) return [port];
    lost(`ports[${index}]`, 'is no single TCP port: the gateway speaks HTTP on one');
    return [];
  });
  for (const { published } of more) {
    lost(
      'ports',
      `of several ports one is carried over; ${published ?? 'another'} needs a route, if it was HTTP`,
    );
  }
  if (first?.isOpen) {
    lost(
      'ports',
      "was open to the network; the gateway listens on 127.0.0.1: gateway.host: '0.0.0.0' opens it",
    );
  }
  const inside = first?.target ?? (Array.isArray(exposed) ? scalarText(exposed[0]) : null);
  return {
    isPublic: first !== undefined,
    port: first?.published ?? null,
    remarks:
      inside === null
        ? []
        : [
            `It listened on ${inside} in its container and must listen on $PORT now` +
              (Number(inside) < 1024 ? ', a port above 1024: no root is needed for it.' : '.'),
          ],
  };
}

// Private

interface Port {
  readonly published: number | null;
  readonly target: string | null;
  /** To more than this machine. */
  readonly isOpen: boolean;
}

/** `'8080:80'`, `'127.0.0.1:8001:80/tcp'`, `3000`, or the long form; null for ranges, UDP and what is no port. */
function portOf(written: unknown): Port | null {
  const keys = keysOf(written);
  if (keys) {
    const [protocol, published, target] = [
      keys.take('protocol'),
      keys.take('published'),
      keys.take('target'),
    ];
    if (protocol !== undefined && protocol !== 'tcp') return null;
    return port(published, target, keys.take('host_ip'));
  }
  const [text = '', protocol = 'tcp'] = scalarText(written).split('/');
  if (protocol !== 'tcp') return null;
  // A variable's default may have a colon in front of it.
  const parts = /^(?:(.*?):)??(?:(\d*|\$\{[^}]*\}|[\d-]+):)?(\d+|\$\{[^}]*\})$/.exec(text);
  return parts ? port(parts[2], parts[3], parts[1]) : null;
}

function port(published: unknown, target: unknown, host: unknown): Port | null {
  const number = numberOf(published);
  const hasOne = published !== undefined && published !== null && published !== '';
  if (hasOne && number === null) return null;
  const isOpen =
    hasOne && !(typeof host === 'string' && /^(?:127\.|\[?::1\]?$|localhost$)/.test(host));
  return { published: number, target: numberOf(target)?.toString() ?? null, isOpen };
}

function numberOf(written: unknown): number | null {
  const value = interpolated(scalarText(written));
  const text = value.kind === 'variable' ? (value.instead ?? '') : value.text;
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return number > 0 && number < 65_536 ? number : null;
}
