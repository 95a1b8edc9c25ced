import { commandFailed, gatewaySilent } from './errors.ts';
import { exchange } from './exchange.ts';

/** HAProxy's runtime API, one connection a batch. */
export interface RuntimeSocket {
  /**
   * Carries out commands that change something, in order, all of them. `payloads`: what HAProxy reads after a command that
   * ends in `<<`; it shows up in no error. @throws TidegateError GATEWAY_SILENT, GATEWAY_COMMAND_FAILED (the first answer
   * that is not a success)
   */
  change(commands: readonly string[], payloads?: ReadonlyMap<string, string>): Promise<void>;
  /** The answer to one question. @throws TidegateError GATEWAY_SILENT, GATEWAY_COMMAND_FAILED */
  ask(question: string): Promise<string>;
}

export function createRuntimeSocket(path: string, timeoutMs = 2_000): RuntimeSocket {
  const batch = async (
    commands: readonly string[],
    payloads: ReadonlyMap<string, string> = new Map(),
  ): Promise<readonly string[]> => {
    const text = batchText(commands, payloads);
    try {
      return answersOf(await exchange(path, text, timeoutMs), commands.length);
    } catch (cause) {
      throw gatewaySilent(commands[0] ?? '', cause);
    }
  };

  return {
    async change(commands, payloads) {
      if (commands.length === 0) return;
      const answers = await batch(commands, payloads);
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

/** `set server … addr` and `set ssl cert` say what they did; everything else that worked answers nothing. */
const FEEDBACK = /^\[[45]\]: .*(changed from|no need to change|Transaction (created|updated) for)/;

/** Dots in between, one for so many listeners done. */
const COMMITTED = /^Committing .*\nSuccess!$/s;

function isSuccess(answer: string): boolean {
  return answer === '' || FEEDBACK.test(answer) || COMMITTED.test(answer);
}

/** In interactive mode every answer ends in a prompt, so that each command is matched with its own. */
function batchText(commands: readonly string[], payloads: ReadonlyMap<string, string>): string {
  const told = commands.map((command) => {
    if (/[\n\r]/.test(command)) throw new Error('a line break in a command');
    const payload = payloads.get(command);
    return payload === undefined ? command : `${command}\n${withEnd(payload)}`;
  });
  return ['prompt', 'set severity-output number', ...told, 'quit', ''].join('\n');
}

/** An empty line ends a payload: what stood behind one would be taken for commands. */
function withEnd(payload: string): string {
  if (!/^(?:[^\n\r]+\n)+$/.test(payload)) throw new Error('a payload with an empty line');
  return payload;
}

function answersOf(text: string, count: number): readonly string[] {
  // While it reads a payload the prompt is another one.
  const parts = text.split(/(?:^|\n)> /).map((part) => part.replace(/^(?:\+ )+/, '').trim());
  // The answers to `prompt` and `set severity-output` come first, that to `quit` last.
  const answers = parts.slice(2, 2 + count);
  if (parts.length < count + 3)
    throw new Error(`only ${Math.max(0, parts.length - 3)} of ${count} answers`);
  return answers;
}
