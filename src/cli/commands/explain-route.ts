import { basename, dirname } from 'node:path';
import type { Command } from 'commander';
import { pathText, type Path } from '../../spec/problem.ts';
import { findControl } from '../../web/client.ts';
import { loadConfig } from '../config-file.ts';
import { createConfigLines } from '../config-lines.ts';
import { clientOf } from '../connect.ts';
import { driftText } from '../drift.ts';
import type { CommonOptions, Io } from '../io.ts';
import { oneLine } from '../one-line.ts';
import { paint } from '../paint.ts';

interface ExplainRouteOptions extends CommonOptions {
  readonly header: readonly string[];
}

/** Put under `explain`. */
export function register(explain: Command, io: Io): void {
  explain
    .command('route')
    .summary('say where a request would go, and under which rules')
    .argument('<method>', 'GET, POST, …')
    .argument('<url>', '/path?query (over plain HTTP), or https://host/path')
    .option('-H, --header <name: value>', 'a header of the request; may be repeated', collect, [])
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText('after', "\nExample:\n  tidegate explain route GET /api/users/7 -H 'x-beta: yes'")
    .action(async (method: string, url: string, options: ExplainRouteOptions) => {
      // Some options of a command that has subcommands of its own are read by it: ours may stand there.
      const { config, json, header } = { ...explain.opts<CommonOptions>(), ...options };
      const { spec, path, input } = await loadConfig(config);
      const { explainRequest } = await import('../../offline.ts');
      const { explained, rules } = explainRequest(spec, method, url, header);
      const placeOf = createConfigLines(path);
      const shown = rules.map(({ text, path: key, lines }) => {
        const { line, exact } = placeOf(key);
        const note = exact ? '' : isWritten(input, key) ? ' (computed)' : ' (default)';
        return { note, rule: { text, key: pathText(key), file: path, line, lines } };
      });
      if (json) {
        io.out(JSON.stringify({ ...explained, rules: shown.map(({ rule }) => rule) }));
        return;
      }
      const style = paint(io.colour);
      if (explained.kind === 'gateway') io.out(`The gateway answers itself: ${explained.because}.`);
      if (explained.kind === 'refused') {
        io.out(`The gateway answers ${explained.status}: ${explained.because}.`);
      }
      if (explained.kind === 'none') io.out('No route matches: the gateway answers 404.');
      if (explained.kind === 'route') {
        const goal = `${style.bold(explained.service)} by the route ${style.bold(explained.route)}`;
        if (explained.isRedirect) {
          io.out(
            `The gateway answers 308, to HTTPS, port ${spec.gateway.tls?.port}; there it is ${goal}`,
          );
        } else if (explained.isPreflight) {
          io.out(`The gateway answers 204 itself, to a preflight for ${goal}`);
        } else if (explained.queue !== null) {
          io.out(`A task of the queue ${style.bold(explained.queue)}, for ${goal}`);
        } else io.out(goal);
      }
      const differs = await differsFromForce(path);
      if (differs !== null)
        io.out(style.yellow(oneLine(`not all of this is in force: ${differs}`)));
      if (explained.kind === 'gateway' || explained.kind === 'refused') return;
      for (const { id, matched, because } of explained.considered) {
        io.out(`  ${matched ? style.green('✓') : style.dim('–')} ${id}: ${because}`);
      }
      for (const [index, { note, rule }] of shown.entries()) {
        const { text, key, file, line, lines } = rule;
        const place = line === null ? '' : `${basename(file)}:${line}  `;
        io.out('');
        io.out(`${index + 1}. ${text}`);
        io.out(`   ${place}${key}${style.dim(note)}`);
        for (const each of lines) io.out(style.dim(`     ${each}`));
      }
    });
}

// Private

/** What the control plane, where one runs, says of the file; that it does not answer is no matter of this command. */
async function differsFromForce(path: string): Promise<string | null> {
  try {
    const control = await findControl(dirname(path));
    if (!control || (control.configPath ?? path) !== path) return null;
    return driftText((await clientOf(control).status()).drift);
  } catch {
    return null;
  }
}

function isWritten(input: unknown, path: Path): boolean {
  let at = input;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return false;
    at = (at as Record<PropertyKey, unknown>)[part];
  }
  return true;
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
