/**
 * Settings of connections whose statements name rows by key. A plan that was made while the tables were empty, or before
 * they were analysed, would read all of them each time: ten times slower with 20,000 tasks.
 */
export const BY_KEY =
  '-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';
