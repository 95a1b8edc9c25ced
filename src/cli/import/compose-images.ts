/** Why an image is not a service here but data that somebody keeps; null for any other. */
export function databaseOf(image: unknown): string | null {
  const name = typeof image === 'string' ? (/([^/:@]+)(?:[:@][^/]*)?$/.exec(image)?.[1] ?? '') : '';
  if (
    /^(?:postgres|postgresql|postgis|timescaledb|pgvector|redis|valkey|redis-stack(?:-server)?)$/.test(
      name,
    )
  ) {
    return 'is a database: a later version of Tidegate will manage PostgreSQL and Redis; leave it to Compose until then';
  }
  if (STORES.has(name)) {
    return 'keeps data, of which two replicas would have two different lots: leave it to Compose';
  }
  return null;
}

// Private

const STORES: ReadonlySet<string> = new Set(
  (
    'mysql mariadb percona mongo mongodb cassandra couchdb clickhouse-server influxdb neo4j cockroach elasticsearch ' +
    'opensearch solr memcached rabbitmq kafka zookeeper nats minio etcd consul vault'
  ).split(' '),
);
