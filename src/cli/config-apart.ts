/** The program of `readConfigApart`: reads one configuration file and hands it, or what is wrong with it, to its parent. */
import { TidegateError, messageOf } from '../kit/errors.ts';
import { loadConfig } from './config-file.ts';
import type { ApartAnswer } from './read-config.ts';
import { refuseUnbuilt } from './refuse-unbuilt.ts';

const answer = await read(process.argv[2] ?? '');
// Whatever the file left open must not keep this process, nor may its end cut the answer short.
process.send?.(answer, () => process.exit(0));

// Private

async function read(path: string): Promise<ApartAnswer> {
  try {
    const { input, spec, set, unbuilt } = await loadConfig(path);
    refuseUnbuilt(unbuilt);
    return { kind: 'read', configuration: { input, spec }, set };
  } catch (thrown) {
    const known = thrown instanceof TidegateError ? thrown : null;
    return {
      kind: 'refused',
      code: known?.code ?? 'CONFIG_UNREADABLE',
      message: messageOf(thrown),
      hint: known?.hint ?? null,
      // Causes stay behind: their sentences stand in the message.
      facts: JSON.parse(JSON.stringify(known?.facts ?? {})) as Record<string, unknown>,
    };
  }
}
