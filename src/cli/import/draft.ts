import type { ServiceConfig } from '../../spec/define.ts';

/** Something of the file that the configuration does not have, in the file's own words, never with a value of its environment. */
export interface NotCarried {
  /** `apps[0].watch`, `services.web.volumes` */
  readonly path: string;
  readonly why: string;
}

/** Says that something is not carried over. */
export type Lose = (path: string, why: string) => void;

/** What a file says, before names, routes and the rules of our own configuration. */
export interface Draft {
  /** The project's, where the file gives it one. */
  readonly name?: string;
  readonly services: readonly DraftService[];
}

export interface DraftService {
  /** Where it stands in the file: `apps[0]`, `services.web`. */
  readonly at: string;
  /** As the file has it; ours are stricter. */
  readonly name: string;
  readonly config: ServiceConfig;
  /** By the look of it requests came to it from outside. */
  readonly isPublic: boolean;
  /** The port they came to; null where the file does not say. */
  readonly publicPort: number | null;
  /** What whoever reads the configuration should know, beside what is not carried over. */
  readonly remarks: readonly string[];
}
