import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { EXIT, TidegateError } from '../../kit/errors.ts';
import type { Spec } from '../../spec/spec.ts';
import { loadConfig } from '../config-file.ts';
import type { CommonOptions, Io } from '../io.ts';
import { shownSpec } from '../shown-spec.ts';

const LATER = ['stack'];

interface RenderOptions extends CommonOptions {
  readonly out?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command('render')
    .summary('print what would be applied, and what watches it')
    .argument('<what>', 'haproxy, prometheus or grafana')
    .option('-c, --config <file>', 'the configuration file')
    .option('--out <folder>', 'write the files there instead of printing them')
    .option('--json', 'one JSON object with the text of every file')
    .addHelpText(
      'after',
      '\nExamples:\n  tidegate render haproxy\n  tidegate render prometheus --out /etc/prometheus',
    )
    .action(async (what: string, options: RenderOptions) => {
      const render = Object.hasOwn(TARGETS, what) ? TARGETS[what] : undefined;
      if (!render) throw cannotRender(what);
      const { spec } = await loadConfig(options.config);
      // What is printed is pasted elsewhere: like `config show`, without what looks like a secret.
      const rendered = await render(shownSpec(spec));
      if (options.out !== undefined) write(rendered.files, options.out, io);
      else io.out(options.json ? JSON.stringify(rendered.json) : shownText(rendered.files));
    });
}

// Private

interface Rendered {
  readonly json: object;
  readonly files: readonly File[];
}

interface File {
  readonly name: string;
  readonly text: string;
}

const TARGETS: Readonly<Record<string, (spec: Spec) => Promise<Rendered>>> = {
  async haproxy(spec) {
    const { renderGateway } = await import('../../offline.ts');
    const rendered = renderGateway(spec);
    return { json: rendered, files: [{ name: 'haproxy.cfg', text: rendered.config }] };
  },
  async prometheus(spec) {
    const { renderPrometheus, RULES_FILE } = await import('../../offline.ts');
    const { scrape, rules } = renderPrometheus(spec);
    const texts = { scrape: stringify(scrape, YAML), rules: stringify(rules, YAML) };
    const files = [
      { name: 'prometheus.yml', text: texts.scrape },
      { name: RULES_FILE, text: texts.rules },
    ];
    return { json: texts, files };
  },
  async grafana({ name }) {
    const { DASHBOARD_FILE, grafanaDashboard } = await import('../../offline.ts');
    const dashboard = grafanaDashboard(name);
    const text = `${JSON.stringify(dashboard, null, 2)}\n`;
    return { json: dashboard, files: [{ name: DASHBOARD_FILE, text }] };
  },
};

/** No line is folded: an expression should be found by searching for it. */
const YAML = { lineWidth: 0 };

/** Of several files, each under its name. */
function shownText(files: readonly File[]): string {
  const texts = files.map(({ name, text }) => (files.length === 1 ? text : `# ${name}\n${text}`));
  return texts.join('\n').trimEnd();
}

function write(files: readonly File[], folder: string, io: Io): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of files) {
    const path = join(folder, name);
    writeFileSync(path, text);
    io.out(path);
  }
}

function cannotRender(what: string): TidegateError {
  return LATER.includes(what)
    ? new TidegateError('NOT_IN_THIS_VERSION', `render ${what} is not in this version.`, {
        exitCode: EXIT.usage,
      })
    : new TidegateError('UNKNOWN_TARGET', `Cannot render ${JSON.stringify(what)}.`, {
        hint: `This version renders: ${Object.keys(TARGETS).join(', ')}.`,
        exitCode: EXIT.usage,
      });
}
