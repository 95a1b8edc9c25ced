import { codeOf } from '../../kit/errors.ts';
import type { KnownModel } from '../../lab/backtest/model-of.ts';
import { nearest } from '../../spec/nearest.ts';
import type { ServiceSpec, Spec } from '../../spec/spec.ts';
import { loadConfig } from '../config-file.ts';
import { usage } from '../errors.ts';

/** The configuration's service that is replayed; null: there is no configuration, or it is left aside. */
export async function serviceOf(
  config: string | false | undefined,
  name: string | undefined,
): Promise<ServiceSpec | null> {
  if (config === false) return null;
  try {
    const { spec } = await loadConfig(config);
    return chosen(spec, name);
  } catch (thrown) {
    if (config === undefined && name === undefined && codeOf(thrown) === 'CONFIG_MISSING')
      return null;
    throw thrown;
  }
}

/** What the configuration says of the service. */
export function knownOfService({ concurrency, scale }: ServiceSpec): KnownModel {
  const { min, max, slo } = scale;
  return {
    min,
    max,
    ...(concurrency === null ? {} : { concurrency }),
    ...(slo === null ? {} : { sloMs: slo.latencyMs }),
  };
}

// Private

function chosen({ services }: Spec, name: string | undefined): ServiceSpec {
  const all = Object.values(services);
  const names = Object.keys(services);
  if (name !== undefined) {
    const service = all.find((each) => each.name === name);
    if (service) return service;
    const meant = nearest(name, names);
    throw usage(
      'UNKNOWN_SERVICE',
      `There is no service ${name} in the configuration.`,
      meant === undefined ? `There are: ${names.join(', ')}.` : `Did you mean ${meant}?`,
    );
  }
  const scaling = all.filter(({ scale }) => scale.min < scale.max);
  const [only, ...more] = scaling.length > 0 ? scaling : all;
  if (only && more.length === 0) return only;
  throw usage(
    'SERVICE_UNNAMED',
    'Say which service: the configuration has several that scale.',
    `--service with one of ${scaling.map((each) => each.name).join(', ')}; or --no-config to leave it aside.`,
  );
}
