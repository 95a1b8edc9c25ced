import { line } from './safe-text.ts';
import { longDuration, section, whole, yesOrNo } from './values.ts';

/** HTTPS and HTTP/2 beside the plain port. */
export const tls = section({
  /** A PEM file: the certificate, then its chain. Read again when it changes. */
  cert: line,
  /** A PEM file: its private key, without a passphrase. */
  key: line,
  /** Port to listen on. Default 8443. */
  port: whole(1, 65_535).optional(),
  /** The plain port sends everybody to HTTPS (308). Default false. */
  redirect: yesOrNo.optional(),
  /** For how long browsers shall come with HTTPS only (Strict-Transport-Security): '365d'. Default: not said. */
  hsts: longDuration.optional(),
});
