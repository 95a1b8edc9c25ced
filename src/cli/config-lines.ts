import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname } from 'node:path';
import { parse, parseExpressionAt, type AnyNode, type Expression, type Program } from 'acorn';
import type { Path } from '../spec/problem.ts';

/** From 1; null: nothing in the file can be named. `exact`: the key itself stands there, not only what it is in. */
export interface ConfigPlace {
  readonly line: number | null;
  readonly exact: boolean;
}

/**
 * Where the keys of a configuration file stand. The file is read, not run: where a value is computed the line is that of
 * what is written around it. A file that cannot be parsed has no lines.
 */
export function createConfigLines(path: string): (key: Path) => ConfigPlace {
  const found = rootOf(path);
  if (found === null) return () => ({ line: null, exact: false });
  const { root, program } = found;
  return (key) => placeOf(root, program, key);
}

// Private

type Node = Expression | null;

const OPTIONS = { ecmaVersion: 'latest', locations: true } as const;

function rootOf(
  path: string,
): { readonly root: Expression; readonly program: Program | null } | null {
  try {
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    if (extname(path) === '.json') {
      return { root: parseExpressionAt(text, 0, OPTIONS), program: null };
    }
    const plain = /\.[mc]?ts$/.test(path) ? withoutTypes(text) : text;
    const program = parse(plain, { ...OPTIONS, sourceType: 'module' });
    const root = exported(program);
    return root && { root, program };
  } catch {
    // Its mistakes are told when it is run.
    return null;
  }
}

/** Lines and columns stay. Node says each time that this is new, which is no matter of the user's. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text, { mode: 'strip' });
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** `export default …` or `module.exports = …` */
function exported(program: Program): Expression | null {
  for (const statement of program.body) {
    if (statement.type === 'ExportDefaultDeclaration') {
      const { declaration } = statement;
      const isValue = !declaration.type.endsWith('Declaration');
      return isValue ? (declaration as Expression) : null;
    }
    if (statement.type !== 'ExpressionStatement') continue;
    const { expression } = statement;
    if (expression.type !== 'AssignmentExpression') continue;
    const { left, right } = expression;
    if (left.type === 'MemberExpression' && textOf(left.property) === 'exports') return right;
  }
  return null;
}

function placeOf(root: Expression, program: Program | null, key: Path): ConfigPlace {
  let node: Node = root;
  let line = lineOf(root);
  for (const part of key) {
    const inside: Inside | null = step(literalOf(node, program), part, program);
    if (inside === null) return { line, exact: false };
    line = inside.line;
    node = inside.value;
  }
  return { line, exact: true };
}

interface Inside {
  readonly line: number | null;
  readonly value: Node;
}

function step(node: Node, part: PropertyKey, program: Program | null): Inside | null {
  if (node?.type === 'ObjectExpression') return property(node.properties, String(part), program);
  if (node?.type !== 'ArrayExpression' || typeof part !== 'number') return null;
  const elements = node.elements.flatMap((element): readonly Node[] => {
    if (element?.type !== 'SpreadElement') return [element];
    const spread = literalOf(element.argument, program);
    return spread?.type === 'ArrayExpression'
      ? spread.elements.map((each) => (each?.type === 'SpreadElement' ? null : each))
      : [UNKNOWN];
  });
  const before = elements.slice(0, part + 1);
  const element = before[part];
  // Behind something computed nobody can count.
  return element && !before.includes(UNKNOWN) ? { line: lineOf(element), value: element } : null;
}

/** The last one counts, as it does when the file is run. */
function property(
  properties: Extract<AnyNode, { type: 'ObjectExpression' }>['properties'],
  name: string,
  program: Program | null,
): Inside | null {
  for (const each of properties.toReversed()) {
    if (each.type === 'SpreadElement') {
      const inside = step(literalOf(each.argument, program), name, program);
      if (inside !== null) return inside;
    } else if (!each.computed && textOf(each.key) === name) {
      return { line: lineOf(each), value: each.value };
    }
  }
  return null;
}

/** What is written for a value: behind a name, and in `defineConfig(…)`. */
function literalOf(node: Node, program: Program | null): Node {
  let at = node;
  for (let hops = 0; hops < 20; hops++) {
    if (at?.type === 'CallExpression') {
      const [first] = at.arguments;
      at = first && first.type !== 'SpreadElement' ? first : null;
    } else if (at?.type === 'Identifier') {
      at = constant(program, at.name);
    } else {
      return at;
    }
  }
  return null;
}

function constant(program: Program | null, name: string): Node {
  for (const statement of program?.body ?? []) {
    const declaration =
      statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration') continue;
    const found = declaration.declarations.find(({ id }) => textOf(id) === name);
    if (found) return found.init ?? null;
  }
  return null;
}

/** Stands for elements that are computed. */
const UNKNOWN = { type: 'Literal', start: 0, end: 0, value: null } as Expression;

function lineOf(node: AnyNode): number | null {
  return node.loc?.start.line ?? null;
}

/** Of a name or a text; null for anything else. */
function textOf(node: AnyNode): string | null {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'Literal' ? String(node.value) : null;
}
