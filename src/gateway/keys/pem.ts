/** One block of a PEM file. */
export interface PemBlock {
  /** `CERTIFICATE`, `PUBLIC KEY`, `EC PRIVATE KEY` … */
  readonly label: string;
  readonly text: string;
}

/** The blocks of a PEM text, in order; what stands between them, as tools like to write there, is left out. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks = text.matchAll(/^-----BEGIN ([A-Z0-9 ]+)-----\r?\n[\s\S]*?^-----END \1-----/gm);
  return [...blocks].map(([block, label = '']) => ({ label, text: `${block}\n` }));
}
