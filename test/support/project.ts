import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Status } from '../../src/web/contract.ts';
import { atOurEnd } from './at-our-end.ts';
import { freePort } from './ports.ts';

export const TIDEGATE = join(import.meta.dirname, '../../bin/tidegate');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A project in a folder of its own, driven by the real command; `down` after the test, whatever happened. */
export interface Project {
  readonly folder: string;
  readonly gatewayUrl: string;
  readonly gatewayPort: number;
  readonly adminPort: number;
  /** Runs `tidegate ARGS` in the folder. */
  run(...args: string[]): Promise<Ran>;
  /** The same under `--json`, which must succeed. */
  json<T>(...args: string[]): Promise<T>;
  status(): Promise<Status>;
  write(name: string, text: string): void;
}

export interface ProjectConfig {
  readonly services: Readonly<Record<string, object>>;
  readonly gateway?: object;
  readonly [key: string]: unknown;
}

/** Writes `config` (ports filled in) as `tidegate.config.json`; nothing is started. */
export async function createProject(
  t: TestContext,
  config: ProjectConfig,
  files: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-test-'));
  // As a project's folder is as a rule: HAProxy passes through it to its sockets.
  chmodSync(folder, 0o711);
  const [gatewayPort, adminPort] = [await freePort(), await freePort()];
  const run = (...args: string[]): Promise<Ran> => runCommand(TIDEGATE, args, folder);
  const project: Project = {
    folder,
    gatewayPort,
    adminPort,
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    run,
    async json(...args) {
      const { code, out, err } = await run(...args, '--json');
      assert.equal(code, 0, `${args.join(' ')}: ${out}${err}`);
      return JSON.parse(out);
    },
    status: () => project.json<Status>('status'),
    write: (name, text) => writeFileSync(join(folder, name), text),
  };
  const { gateway, ...rest } = config;
  const full = {
    ...rest,
    gateway: { port: gatewayPort, ...gateway },
    admin: { port: adminPort },
  };
  project.write('tidegate.config.json', JSON.stringify(full, null, 2));
  for (const [name, text] of Object.entries(files)) project.write(name, text);
  atOurEnd(`[ -d '${folder}' ] && cd '${folder}' && '${TIDEGATE}' down; rm -rf '${folder}'`);
  t.after(async () => {
    const { code, out, err } = await run('down');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    assert.equal(code, 0, `down: ${out}${err}`);
  });
  return project;
}

/** Runs a program to its end, at most three minutes. */
export function runCommand(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, timeout: 180_000 }, (error, out, err) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
      resolve({ code, out, err });
    });
  });
}

/** A Node program that answers with its replica's name, after `delayMs` of waiting. */
export function helloServer(delayMs = 0): string {
  return `
    const { createServer } = require('node:http');
    createServer((request, response) => {
      setTimeout(() => response.end(process.env.TIDEGATE_REPLICA), ${delayMs});
    }).listen(process.env.PORT, process.env.HOST);
    process.on('SIGTERM', () => process.exit(0));
  `;
}
