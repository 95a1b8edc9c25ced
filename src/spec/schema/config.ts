import { z } from 'zod';
import { alerts } from './alerts.ts';
import { databases } from './databases.ts';
import { gateway } from './gateway.ts';
import { name } from './safe-text.ts';
import { service } from './service.ts';
import { tasks } from './tasks.ts';
import { fraction, named, oneOf, replicas, section, whole } from './values.ts';

const admin = section({
  /** Port of the API, /metrics and the dashboard, loopback only. Default 8081. */
  port: whole(1, 65_535).optional(),
});

const host = section({
  /** Most replicas of all services together: a number or 'cores'. Default 16 for each core. */
  maxReplicas: replicas(1, 10_000).optional(),
  /** Memory that must stay free for a replica more. Default 10 %. */
  minFreeMemory: fraction.optional(),
});

/** The whole configuration file. */
export const configSchema = section({
  /** The JSON schema, for editors. */
  $schema: z.string({ error: 'must be text' }).optional(),
  /** What the project is called. Default: the folder's name. */
  name: name.optional(),
  /** What runs the replicas: 'local' (default) or 'swarm' (not in this version). */
  engine: oneOf(['local', 'swarm']).optional(),
  /** The API, /metrics and the dashboard. */
  admin: admin.optional(),
  /** HAProxy: where it listens and which request goes where. */
  gateway: gateway.optional(),
  /** The programs to run, by name. */
  services: named(name, service),
  /** Durable asynchronous work. */
  tasks: tasks.optional(),
  /** PostgreSQL and Redis, started or your own. */
  databases: databases.optional(),
  /** Conditions somebody is told about; false: none, those by default neither. */
  alerts: alerts.optional(),
  /** The bounds of the machine. */
  host: host.optional(),
});

/** The configuration after parsing: units converted, no defaults yet. */
export type Config = z.output<typeof configSchema>;
