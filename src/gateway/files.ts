import {
  mkdirSync,
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Rendered } from './plan.ts';

const CONFIG = 'haproxy.cfg';
const CANDIDATE = 'haproxy.cfg.next';
/** What the configuration reads. */
const BESIDE = /\.(map|lua|pem|json)$/;
const SECRET = /\.(pem|json)(\.tmp)?$/;

/** The rendered files: `haproxy.cfg` is always one that HAProxy has accepted. */
export interface RenderedFiles {
  readonly configPath: string;
  /** What is there now, as it was written; an empty configuration where there is none. */
  read(): Rendered;
  /** Puts the maps in place and the configuration beside the one that serves; returns its path. */
  writeCandidate(rendered: Rendered): string;
  /** The candidate becomes the configuration. */
  acceptCandidate(): void;
  /** Writes everything at once, where no verdict is needed. */
  write(rendered: Rendered): void;
  /** Takes private keys and secrets away, once nobody reads them any more. */
  forgetSecrets(): void;
}

export function createRenderedFiles(folder: string): RenderedFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const configPath = join(folder, CONFIG);
  const candidatePath = join(folder, CANDIDATE);

  const writeMaps = (rendered: Rendered): void => {
    for (const [name, text] of Object.entries(rendered.maps)) writeWhole(join(folder, name), text);
    for (const name of readdirSync(folder)) {
      // A service that has gone leaves no map behind, nor does who was killed half a text.
      const whole = name.replace(/\.tmp$/, '');
      if (BESIDE.test(whole) && !(name in rendered.maps)) rmSync(join(folder, name));
    }
  };

  return {
    configPath,
    read() {
      const maps = readdirSync(folder).filter((name) => BESIDE.test(name));
      return {
        config: existsSync(configPath) ? readFileSync(configPath, 'utf8') : '',
        maps: Object.fromEntries(
          maps.map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
        ),
      };
    },
    writeCandidate(rendered) {
      writeMaps(rendered);
      writeWhole(candidatePath, rendered.config);
      return candidatePath;
    },
    acceptCandidate() {
      renameSync(candidatePath, configPath);
    },
    write(rendered) {
      rmSync(candidatePath, { force: true });
      writeMaps(rendered);
      writeWhole(configPath, rendered.config);
    },
    forgetSecrets() {
      if (!existsSync(folder)) return;
      for (const name of readdirSync(folder))
        if (SECRET.test(name)) rmSync(join(folder, name), { force: true });
    },
  };
}

/** The folder of the sockets: ours alone, or open to the group HAProxy becomes when it drops root. */
export function prepareRunFolder(folder: string, groupId: number | null): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (groupId === null) return;
  chownSync(folder, -1, groupId);
  chmodSync(folder, 0o750);
}

// Private

/** Whoever reads it sees the old text or the new one, never half of one. */
function writeWhole(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}
