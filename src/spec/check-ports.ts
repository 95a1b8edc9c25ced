import type { Path } from './problem.ts';
import { pathText, valueAt } from './problem.ts';
import type { Report } from './report.ts';
import type { Config } from './schema/config.ts';
import type { Spec } from './spec.ts';

/** Nobody listens twice on one port: said of the later of two that were written, with what the other one is. */
export function checkPorts({ gateway, admin }: Spec, given: Config, report: Report): void {
  const ports: readonly (readonly [path: Path, port: number])[] = [
    [['gateway', 'port'], gateway.port],
    ...(gateway.tls ? [[['gateway', 'tls', 'port'], gateway.tls.port] as const] : []),
    [['admin', 'port'], admin.port],
  ];
  const isWritten = (path: Path): boolean => valueAt(given, path) !== undefined;
  for (const [index, [path, port]] of ports.entries()) {
    for (const [earlier, same] of ports.slice(0, index)) {
      if (same !== port) continue;
      const [at, other] = isWritten(path) ? [path, earlier] : [earlier, path];
      const rule = isWritten(other)
        ? `must differ from ${pathText(other)}: both are ${port}`
        : `${port} is ${pathText(other)}'s default: choose another, or set ${pathText(other)} too`;
      report(at, rule, { withoutValue: true, dependsOn: [path, earlier] });
    }
  }
}
