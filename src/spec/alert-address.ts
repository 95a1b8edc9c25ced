/** Why news of an alert are not sent to an address, for behind "must"; null: they are. */
export function addressProblem(
  text: string,
  { insecure = false }: { readonly insecure?: boolean | undefined },
): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'be an address that begins with https://';
  if (url.username !== '' || url.password !== '')
    return 'not hold a user or a password: put what is secret into its path, and name it as a secret';
  if (url.protocol === 'http:' && !insecure && !isLoopback(url.hostname))
    return 'begin with https:// where it is not on this machine, or have insecure: true beside it';
  return null;
}

// Private

/** The URL parser knows all spellings of an address. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);
}
