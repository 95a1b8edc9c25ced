/** Headers that a route must not set or remove: they are the connection's, or what the gateway itself says. */
export function isFixedHeader(to: 'service' | 'client', name: string): boolean {
  const plain = name.toLowerCase().replaceAll('_', '-');
  return CONNECTION.test(plain) || (to === 'service' ? OF_REQUESTS : OF_ANSWERS).test(plain);
}

// Private

const CONNECTION =
  /^(?:connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|content-length|x-request-id|x-tidegate(?:-.*)?)$/;
const OF_REQUESTS =
  /^(?:x-(?:forwarded|real)(?:-.*)?|forwarded|proxy|proxy-authorization|traceparent|tracestate|expect)$/;
const OF_ANSWERS = /^(?:content-encoding|date)$/;
