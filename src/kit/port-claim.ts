import { createServer, type ListenOptions, type Server } from 'node:net';

/**
 * Claims a port of 127.0.0.1 on which nobody listens, among all programs that ask here first: between finding it free and
 * listening on it somebody else would find it free, too. The claim is a name in the kernel and not the port itself; it
 * ends with this process, however that ends. Resolves with what lets go of it, or null: it is claimed, or taken.
 */
export async function claimPort(port: number): Promise<(() => void) | null> {
  const claim = await listen(`\0tidegate-port-${port}`);
  if (!claim) return null;
  claims.add(claim);
  // It keeps nobody from ending.
  claim.unref();
  const letGo = (): void => {
    claims.delete(claim);
    claim.close();
  };
  const server = await listen({ port, host: '127.0.0.1', exclusive: true });
  if (!server) {
    letGo();
    return null;
  }
  await new Promise((closed) => server.close(closed));
  return letGo;
}

// Private

/** The garbage collector would close one that nobody refers to. */
const claims = new Set<Server>();

/** Null: somebody has it. */
function listen(on: string | ListenOptions): Promise<Server | null> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (thrown: NodeJS.ErrnoException) =>
      thrown.code === 'EADDRINUSE' ? resolve(null) : reject(thrown),
    );
    // Both overloads take what the other does, but not a choice of the two.
    server.listen(on as ListenOptions, () => resolve(server));
  });
}
