import { createServer, type Server } from 'node:net';

/**
 * Claims a port among all programs that ask here first: between finding a port free and listening on it somebody else
 * would find it free, too. The claim is a name in the kernel and not the port itself; it ends with this process, however
 * that ends. Resolves with what lets go of it, or null where it is claimed.
 */
export function claimPort(port: number): Promise<(() => void) | null> {
  const claim = createServer();
  return new Promise((resolve, reject) => {
    claim.once('error', (thrown: NodeJS.ErrnoException) =>
      thrown.code === 'EADDRINUSE' ? resolve(null) : reject(thrown),
    );
    claim.listen(`\0tidegate-port-${port}`, () => {
      claims.add(claim);
      // It keeps nobody from ending.
      claim.unref();
      resolve(() => {
        claims.delete(claim);
        claim.close();
      });
    });
  });
}

// Private

/** The garbage collector would close one that nobody refers to. */
const claims = new Set<Server>();
