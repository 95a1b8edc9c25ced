import type { NotCarried } from './draft.ts';
import { commentLine, keyOf, literal } from './literal.ts';
import type { Settled } from './settle.ts';

/** The configuration as a TypeScript file, with what it could not carry over as comments where it belongs. */
export function renderConfig(settled: Settled, source: string): string {
  const { config, toMend } = settled;
  const { services, ...rest } = config;
  const ofServices = new Set(
    [...settled.comments.values()].flatMap(({ notCarried }) => notCarried),
  );
  const general = settled.notCarried.filter((each) => !ofServices.has(each));
  const top = Object.entries(rest).map(
    ([key, value]) => `  ${keyOf(key)}: ${literal(value, '  ')},\n\n`,
  );
  const all = Object.entries(services).map(([name, service]) => {
    const { remarks = [], notCarried = [] } = settled.comments.get(name) ?? {};
    const comment = [...remarks.map(commentLine), ...listed('Not carried over:', notCarried)];
    return [
      ...comment.map((line) => `    // ${line}\n`),
      `    ${keyOf(name)}: ${opened(service)},\n`,
    ].join('');
  });
  return [
    `// Written by \`tidegate import ${commentLine(source)}\`. Check it: tidegate config check   Start: tidegate up\n`,
    '// All keys: docs/configuration.md of Tidegate, or let the editor complete them.\n',
    ...paragraph(listed('To be mended before `tidegate up` takes it:', toMend)),
    ...paragraph(listed('Not carried over:', general)),
    "import { defineConfig } from 'tidegate';\n\n",
    'export default defineConfig({\n',
    ...top,
    '  services: {\n',
    all.join('\n'),
    '  },\n});\n',
  ].join('');
}

// Private

function listed(title: string, all: readonly NotCarried[]): readonly string[] {
  return all.length === 0
    ? []
    : [title, ...all.map(({ path, why }) => commentLine(`  ${path}: ${why}`))];
}

function paragraph(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['//\n', ...lines.map((line) => `// ${line}\n`)];
}

/** A service has a line for each key, however few there are. */
function opened(service: object): string {
  const lines = Object.entries(service)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `      ${keyOf(key)}: ${literal(value, '      ')},\n`);
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}    }`;
}
