export interface LiteralPort {
  readonly port: number;
  /** As the command has it: `-p 3000`. */
  readonly written: string;
}

/** A port that stands in a command as a number, by the look of it the one on which the program listens; else null. */
export function literalPort(command: string | readonly string[]): LiteralPort | null {
  const text = typeof command === 'string' ? command : command.join(' ');
  for (const pattern of [FLAG, ADDRESS, PYTHON]) {
    const [, written, digits] = pattern.exec(text) ?? [];
    const port = Number(digits);
    if (written !== undefined && port > 0 && port < 65_536) return { port, written };
  }
  return null;
}

// Private

/** `-p 3000`, `-p3000`, `--port=3000`, `-l tcp://0.0.0.0:3000`, `--bind :3000`, `-S localhost:8000` */
const FLAG =
  /(?:^|[\s'"])((?:-[pl](?=\d)|(?:-[plbS]|--?(?:(?:http|server|listen)[.-])?port|-Dserver\.port|--listen|--bind|--addr|--address)[\s=]+)["']?(?:tcp:\/\/|http:\/\/)?(?:[\w.*-]*:|\[[\da-f:]*\]:)?(\d{2,5}))(?=[\s'"]|$)/;

/** `0.0.0.0:8000` or `:3000` as a word: an address on which one can listen, but to which nobody connects. */
const ADDRESS = /(?:^|[\s'"])((?:0\.0\.0\.0|\[::\])?:(\d{2,5}))(?=[\s'"]|$)/;

const PYTHON = /\s-m\s+(http\.server\s+(\d{2,5}))(?=\s|$)/;
