/**
 * The line among a program's last that says why it ended; null where it wrote nothing. Runtimes end their last words with
 * their version, the stack or the line of source, and say the reason before.
 */
export function tellingLine(lines: readonly string[]): string | null {
  const words = lines
    .slice(-LOOKED_AT)
    .map((line) => line.trim())
    .filter((line) => !BESIDE_THE_POINT.some((pattern) => pattern.test(line)));
  return words.findLast((line) => SAYS_WHY.test(line)) ?? words.at(-1) ?? null;
}

// Private

const LOOKED_AT = 20;

const SAYS_WHY =
  /error|exception|cannot|failed|failure|not found|no such|denied|refused|in use|panic:|fatal/i;

const BESIDE_THE_POINT: readonly RegExp[] = [
  /^[\s^~|{}()[\];,.-]*$/,
  /^Node\.js v\d/,
  // Stacks: Node and Java, Python, Go.
  /^at .*[:(]/,
  /^File ".*", line \d/,
  /^Traceback \(/,
  /^\.\.\. \d+ more$/,
  /^goroutine \d+ \[/,
  /^exit status \d+$/,
  /^\S+\.go:\d+( \+0x[0-9a-f]+)?$/,
  /^\S+\(.*\)$/,
  // What Node appends of an error's own fields: `code: 'EADDRINUSE',`.
  /^(code|errno|syscall|address|port|path|requireStack): .*[^.]$/,
  /^throw /,
  /^Emitted 'error' event/,
];
