import type { Command } from 'commander';
import { loadConfig } from '../config-file.ts';
import type { CommonOptions, Io } from '../io.ts';
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
    .argument('<url>', '/path?query, or http://host/path')
    .option('-H, --header <name: value>', 'a header of the request; may be repeated', collect, [])
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText('after', "\nExample:\n  tidegate explain route GET /api/users/7 -H 'x-beta: yes'")
    .action(async (method: string, url: string, options: ExplainRouteOptions) => {
      // Some options of a command that has subcommands of its own are read by it: ours may stand there.
      const { config, json, header } = { ...explain.opts<CommonOptions>(), ...options };
      const { spec } = await loadConfig(config);
      const { explainRequest } = await import('../../offline.ts');
      const explained = explainRequest(spec, method, url, header);
      if (json) {
        io.out(JSON.stringify(explained));
        return;
      }
      const style = paint(io.colour);
      if (explained.kind === 'gateway') io.out(`The gateway answers itself: ${explained.because}.`);
      if (explained.kind === 'refused') {
        io.out(`The gateway answers ${explained.status}: ${explained.because}.`);
      }
      if (explained.kind === 'none') io.out('No route matches: the gateway answers 404.');
      if (explained.kind === 'route') {
        io.out(`${style.bold(explained.service)} by the route ${style.bold(explained.route)}`);
      }
      if (explained.kind === 'gateway' || explained.kind === 'refused') return;
      for (const { id, matched, because } of explained.considered) {
        io.out(`  ${matched ? style.green('✓') : style.dim('–')} ${id}: ${because}`);
      }
      if (explained.kind !== 'route') return;
      for (const rule of explained.rules) io.out(`  ${rule}`);
      io.out(style.dim('as HAProxy has it (tidegate render haproxy):'));
      for (const line of explained.lines) io.out(style.dim(`  ${line.trim()}`));
    });
}

// Private

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
