/** The program of the internal service that answers aggregate routes. */
import { createAggregator } from '../aggregate/server.ts';

const { PORT, HOST, TIDEGATE_PARTS_SOCKET } = process.env;
if (!PORT || !HOST || !TIDEGATE_PARTS_SOCKET) {
  process.stderr.write('Tidegate starts this program itself, for routes with aggregate.\n');
  process.exit(2);
}

const server = createAggregator(TIDEGATE_PARTS_SOCKET);
server.listen(Number(PORT), HOST);
// It is drained at the gateway before: what is open then is idle.
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
