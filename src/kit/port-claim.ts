import { createServer, type ListenOptions, type Server } from 'node:net';

/**
 * Claims a port of 127.0.0.1 on which nobody listens, among all programs that ask here first: between finding it free and
 * listening on it somebody else would find it free, too. The claim is a name in the kernel and not the port itself; it
 * ends with this process, however that ends. Like a port it is of its network namespace, and any user may take either:
 * whoever keeps names from us could as well keep the ports. Resolves with what lets go of it, or null: it is claimed, or
 * taken.
 */
export async function claimPort(port: number): Promise<(() => void) | null> {
  const claim = await listen(`\0tidegate-port-${port}`);
  if (!claim) return null;
  // It keeps nobody from ending.
  claim.unref();
  const letGo = (): void => void claim.close();
  try {
    const server = await listen({ port, host: '127.0.0.1', exclusive: true });
    if (server) {
      await new Promise((closed) => server.close(closed));
      return letGo;
    }
  } catch (thrown) {
    letGo();
    throw thrown;
  }
  letGo();
  return null;
}

// Private

/** Null: somebody has it. */
function listen(on: string | ListenOptions): Promise<Server | null> {
  // Anybody may connect to a claim, too: a connection that were kept would take a descriptor and keep us from ending.
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    // Also of connections that could not be accepted later on, which is nobody's trouble.
    server.on('error', (thrown: NodeJS.ErrnoException) =>
      thrown.code === 'EADDRINUSE' ? resolve(null) : reject(thrown),
    );
    // Both overloads take what the other does, but not a choice of the two.
    server.listen(on as ListenOptions, () => resolve(server));
  });
}
