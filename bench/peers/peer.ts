/** A gateway in the comparison: starts in front of the backends and says which process to watch. */
export interface Peer {
  readonly name: string;
  start(site: PeerSite): Promise<RunningPeer>;
}

export interface PeerSite {
  /** For its files; its own. */
  readonly folder: string;
  /** Where it is to listen on 127.0.0.1. */
  readonly port: number;
  /** Servers on 127.0.0.1. */
  readonly backends: readonly number[];
  readonly threads: number;
}

export interface RunningPeer {
  /** Its CPU counts, with all processes below it. */
  readonly pid: number;
  stop(): Promise<void>;
}
