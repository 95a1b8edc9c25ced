import { dirname } from 'node:path';
import { unitText } from './unit-errors.ts';

export interface UnitFacts {
  /** The project's, of which the unit has its own. */
  readonly name: string;
  /** Absolute. */
  readonly configPath: string;
  /** Node, its options and Tidegate's main file: what stands before `up`. */
  readonly program: readonly string[];
  /** The `PATH` in which Node, HAProxy and the services' programs are found. */
  readonly searchPath: string;
  /** Whom the machine's systemd runs it as; null: the unit is a user's own. */
  readonly user: string | null;
}

/** `tidegate-shop.service` */
export function unitName(name: string): string {
  return `tidegate-${name}.service`;
}

/**
 * The systemd unit that runs a project. Stopping or restarting it leaves HAProxy and the replicas alone, the next start
 * adopts them; `tidegate down` ends everything, and that is no failure to be mended by a restart.
 * @throws TidegateError UNIT_TEXT where a path cannot be written into a unit
 */
export function renderUnit(facts: UnitFacts): string {
  const { name, configPath, program, searchPath, user } = facts;
  const [first = '', ...rest] = executable([...program, 'up', '--keep', '-c', configPath]);
  return `${MARKER}${plain(configPath)}
# Write it again the same way; what you add yourself belongs into a drop-in: systemctl edit.
[Unit]
Description=${name}, run by Tidegate
${user === null ? '' : 'Wants=network-online.target\nAfter=network-online.target\n'}# Started again for as long as it takes.
StartLimitIntervalSec=0

[Service]
Type=exec
${user === null ? '' : `User=${user}\n`}WorkingDirectory=${folder(dirname(configPath))}
Environment=${quoted(`PATH=${searchPath}`)}
ExecStart=${[quoted(first), ...rest.map(argument)].join(' ')}
# Only the control plane is ended: HAProxy and the replicas go on serving and are adopted by the next start.
KillMode=process
TimeoutStopSec=30
# A control plane that was killed comes back; one that \`tidegate down\` ended, or hurried to its end (130), does not, nor
# one whose configuration is wrong (2).
Restart=on-failure
RestartSec=1
RestartPreventExitStatus=2 130
# A replica that the kernel ends for want of memory is Tidegate's to replace, and no reason to stop the others.
OOMPolicy=continue
LimitNOFILE=65536
TasksMax=infinity

[Install]
WantedBy=${user === null ? 'default.target' : 'multi-user.target'}
`;
}

/** Which configuration a unit was written for; null where \`tidegate install\` did not write it. */
export function configOfUnit(text: string): string | null {
  const line = text.slice(0, text.indexOf('\n') + 1).trimEnd();
  return line.startsWith(MARKER) ? line.slice(MARKER.length) : null;
}

// Private

const MARKER = '# Written by `tidegate install` for ';

/** A unit is lines of text, and nothing in systemd's files spells a line break everywhere. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it refuses
  if (/[\u0000-\u001f\u007f]/.test(text)) throw unitText(text, 'has a control character in it');
  return text;
}

/** One word of a line that systemd splits: `%` begins a specifier everywhere, a backslash an escape. */
function quoted(word: string): string {
  const escaped = plain(word).replaceAll('%', '%%');
  if (/^[\w@%+=:,./-]+$/.test(escaped)) return escaped;
  return `"${escaped.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** systemd takes no program whose path has a quote or a backslash; a shell replaces itself with any. */
function executable(argv: readonly string[]): readonly string[] {
  return /["'\\]/.test(argv[0] ?? '') ? ['/bin/sh', '-c', 'exec "$0" "$@"', ...argv] : argv;
}

/** Behind the program's name systemd fills in variables. */
function argument(word: string): string {
  return quoted(word.replaceAll('$', '$$$$'));
}

/** Taken as it stands to the end of the line: there are no quotes to keep a space, and a backslash would go on below. */
function folder(path: string): string {
  if (/[\s\\]$/.test(path)) throw unitText(path, 'ends in white space or a backslash');
  return plain(path).replaceAll('%', '%%');
}
