import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Client } from '../../src/web/client.ts';
import type { DeployAnswer, DeploymentView } from '../../src/web/contract.ts';
import { keepAsking } from './clients.ts';
import type { Project } from './project.ts';
import { createProject } from './project.ts';
import { until } from './until.ts';

/** Answers with its version after a moment, or with 500 where it is told to err. */
const SERVER = `
  const { createServer } = require('node:http');
  const { VERSION = 'none', HOST, PORT } = process.env;
  createServer((request, response) => {
    request.resume().on('end', () => setTimeout(() => {
      response.writeHead(VERSION === 'bad' ? 500 : 200).end(VERSION);
    }, 10));
  }).listen(PORT, HOST);
  process.on('SIGTERM', () => process.exit(0));
`;
const files = { 'server.cjs': SERVER };

/** A service of two replicas whose version is in its environment. */
export const api = (version: string, more: object = {}) => ({
  command: 'node server.cjs',
  env: { VERSION: version },
  scale: { min: 2, max: 4 },
  ...more,
});

/** Changes the configuration file, its ports left as they are unless `gateway` says otherwise. */
export function configure(project: Project, services: object, gateway: object = {}): void {
  const path = join(project.folder, 'tidegate.config.json');
  const before = JSON.parse(readFileSync(path, 'utf8')) as { gateway: object };
  const next = { ...before, gateway: { ...before.gateway, ...gateway }, services };
  project.write('tidegate.config.json', JSON.stringify(next));
}

/** A project that runs this version of `api`. */
export async function started(t: TestContext, version: string): Promise<Project> {
  const project = await createProject(t, { services: { api: api(version) } }, files);
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 0, err);
  return project;
}

/** Clients that read and write over connections they keep. */
export function keepBusy(t: TestContext, project: Project) {
  const readers = keepAsking(t, project.gatewayUrl, { users: 4, thinkMs: 10 });
  const body = 'x'.repeat(5_000);
  const writers = keepAsking(t, project.gatewayUrl, {
    users: 2,
    thinkMs: 10,
    method: 'POST',
    body,
  });
  return {
    async finish() {
      const [read, written] = [await readers.finish(), await writers.finish()];
      return { ok: read.ok + written.ok, failed: { ...read.failed, ...written.failed } };
    },
  };
}

/** What one request is answered. */
export async function answers(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Resolves when a deployment that was begun has ended, in whatever way. */
export async function ended(client: Client, begun: Promise<DeployAnswer>): Promise<DeploymentView> {
  const { deployment } = await begun;
  assert.ok(deployment, 'it began');
  return until(
    `${deployment.kind} ${deployment.id} ends`,
    async () => {
      const now = await client.deployment(deployment.id);
      return now.state === 'running' ? null : now;
    },
    60_000,
  );
}
