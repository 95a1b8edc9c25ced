/** Why an image is not a service here but data that somebody keeps; null for any other. */
export function databaseOf(image: unknown): string | null {
  const name = typeof image === 'string' ? (/([^/:@]+)(?:[:@][^/]*)?$/.exec(image)?.[1] ?? '') : '';
  if (/^(?:postgres|postgresql)$/.test(name)) return managed('postgres');
  if (name === 'redis') return managed('redis');
  if (STORES.has(name)) {
    return 'keeps data, of which two replicas would have two different lots: leave it to Compose';
  }
  return null;
}

// Private

/** Its data is somewhere else: nothing is started empty that nobody asked for. */
function managed(kind: 'postgres' | 'redis'): string {
  return (
    `is a database: Tidegate starts and looks after an empty one with databases: { main: { kind: '${kind}' } }, ` +
    'which services find in MAIN_URL; leave it to Compose as long as its data is there'
  );
}

const STORES: ReadonlySet<string> = new Set(
  (
    'postgis timescaledb pgvector valkey redis-stack redis-stack-server mysql mariadb percona mongo mongodb cassandra couchdb clickhouse-server influxdb neo4j cockroach elasticsearch ' +
    'opensearch solr memcached rabbitmq kafka zookeeper nats minio etcd consul vault'
  ).split(' '),
);
