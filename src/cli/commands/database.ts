import type { Command } from 'commander';
import { loadConfig } from '../config-file.ts';
import { projectFolder } from '../project-folder.ts';
import { databaseNotRunning, unknownDatabase, urlElsewhere } from '../database-errors.ts';
import type { CommonOptions, Io } from '../io.ts';

export function register(program: Command, io: Io): void {
  const database = program
    .command('database')
    .summary('tell where a database is')
    .description(
      'Tells where the databases of the project are. `tidegate status` shows how they are.',
    )
    .addHelpText('after', '\nExample:\n  psql "$(tidegate database url main)"');
  database
    .command('url')
    .summary('print the address of a database, with its password')
    .description(
      'Prints the address of a database with its password, as services get it in NAME_URL. One of Tidegate itself has to ' +
        'run, with or without a control plane.',
    )
    .argument('<name>', 'which database')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  psql "$(tidegate database url main)"\n  redis-cli -u "$(tidegate database url cache)"',
    )
    .action(async (name: string, { config, json }: CommonOptions) => {
      const url = await urlOf(name, config);
      io.out(json ? JSON.stringify({ name, url }) : url);
    });
}

// Private

/** @throws TidegateError UNKNOWN_DATABASE, DATABASE_NOT_RUNNING, URL_ELSEWHERE; what reading the configuration throws */
async function urlOf(name: string, config: string | undefined): Promise<string> {
  const { runningDatabaseUrl } = await import('../../offline.ts');
  const running = runningDatabaseUrl(projectFolder(config), name);
  if (running !== null) return running;
  const { databases } = (await loadConfig(config)).spec;
  const found = databases[name];
  if (!found) throw unknownDatabase(name, Object.keys(databases));
  if (found.url === null) throw databaseNotRunning(name);
  if (typeof found.url !== 'string') throw urlElsewhere(name, found.url);
  return found.url;
}
