import { commandFailed, gatewaySilent } from './errors.ts';
import { exchange } from './exchange.ts';

/** HAProxy's runtime API, one connection a batch. */
export interface RuntimeSocket {
  /**
   * Carries out commands that change something, in order, all of them.
   * @throws TidegateError GATEWAY_SILENT, GATEWAY_COMMAND_FAILED (the first answer that is not a success)
   */
  change(commands: readonly string[]): Promise<void>;
  /** The answer to one question. @throws TidegateError GATEWAY_SILENT, GATEWAY_COMMAND_FAILED */
  ask(question: string): Promise<string>;
}

export function createRuntimeSocket(path: string, timeoutMs = 2_000): RuntimeSocket {
  const batch = async (commands: readonly string[]): Promise<readonly string[]> => {
    const text = batchText(commands);
    try {
      return answersOf(await exchange(path, text, timeoutMs), commands.length);
    } catch (cause) {
      throw gatewaySilent(commands[0] ?? '', cause);
    }
  };

  return {
    async change(commands) {
      if (commands.length === 0) return;
      const answers = await batch(commands);
      answers.forEach((answer, index) => {
        if (!isSuccess(answer)) throw commandFailed(commands[index] as string, answer);
      });
    },
    async ask(question) {
      const [answer = ''] = await batch([question]);
      if (FAILURE.test(answer)) throw commandFailed(question, answer);
      return answer;
    },
  };
}

// Private

/** With severities on, feedback starts with `[0]` to `[7]`; data does not. */
const FAILURE = /^\[[0-3]\]: |^\[6\]: Unknown command/;

/** `set server … addr` answers a warning that says what it did; everything else that worked answers nothing. */
const FEEDBACK = /^\[[45]\]: .*(changed from|no need to change)/;

function isSuccess(answer: string): boolean {
  return answer === '' || FEEDBACK.test(answer);
}

/** In interactive mode every answer ends in a prompt, so that each command is matched with its own. */
function batchText(commands: readonly string[]): string {
  for (const command of commands) {
    if (/[\n\r]/.test(command)) throw new Error('a line break in a command');
  }
  return ['prompt', 'set severity-output number', ...commands, 'quit', ''].join('\n');
}

function answersOf(text: string, count: number): readonly string[] {
  const parts = text.split(/(?:^|\n)> /).map((part) => part.trim());
  // The answers to `prompt` and `set severity-output` come first, that to `quit` last.
  const answers = parts.slice(2, 2 + count);
  if (parts.length < count + 3)
    throw new Error(`only ${Math.max(0, parts.length - 3)} of ${count} answers`);
  return answers;
}
