import { Command, CommanderError } from 'commander';
import { reportError } from '../../src/cli/io.ts';
import type { Io } from '../../src/cli/io.ts';

export interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Runs one command as `cli/main.ts` does, in this process, and keeps what it wrote. */
export async function runCommand(
  register: (program: Command, io: Io) => unknown,
  args: readonly string[],
  { terminal = false, columns = 200 }: { terminal?: boolean; columns?: number } = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    terminal,
    colour: false,
    columns,
  };
  const program = new Command('tidegate')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: (text) => void err.push(text) });
  register(program, io);
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return { code: 0, out, err };
  } catch (thrown) {
    const code =
      thrown instanceof CommanderError ? 2 : reportError(thrown, args.includes('--json'), io);
    return { code, out, err };
  }
}
