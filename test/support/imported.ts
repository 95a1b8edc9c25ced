import type { TidegateConfig } from '../../src/spec/define.ts';
import type { Draft, Lose, NotCarried } from '../../src/cli/import/draft.ts';
import { settle } from '../../src/cli/import/settle.ts';
import type { Settled } from '../../src/cli/import/settle.ts';

export interface Imported extends Settled {
  /** Of what is not carried over, without what is to be mended. */
  readonly paths: readonly string[];
}

/** What `tidegate import` makes of a file in /srv/app that one of its readers reads. */
export function imported(read: (lose: Lose) => Draft): Imported {
  const lost: NotCarried[] = [];
  const draft = read((path, why) => void lost.push({ path, why }));
  const settled = settle(draft, lost, {
    from: '/srv/app',
    to: '/srv/app',
    machine: { cores: 4, memoryBytes: 2 ** 33 },
  });
  return { ...settled, paths: settled.notCarried.map(({ path }) => path) };
}

/** The only service of a configuration. */
export function onlyService({ services }: TidegateConfig): TidegateConfig['services'][string] {
  const [only, ...more] = Object.values(services);
  if (!only || more.length > 0)
    throw new Error(`not one service: ${Object.keys(services).join(', ')}`);
  return only;
}
