/** Headers that the gateway sets or reads itself, or that HTTP gives a meaning: no claim may be carried in them. */
export function isOwnHeader(name: string): boolean {
  return OWN.test(name.toLowerCase().replaceAll('_', '-'));
}

// Private

const OWN = new RegExp(
  `^(?:${[
    'x-(?:forwarded|tidegate|real)(?:-.*)?',
    'x-request-id',
    'traceparent|tracestate',
    'forwarded|via',
    '(?:proxy-)?(?:authorization|connection|authenticate)',
    'proxy',
    'cookie|host|origin|referer|expect|te|trailer|upgrade|keep-alive|date|range|age|vary|prefer',
    'cache-control|pragma',
    'content-.*|transfer-encoding',
    'accept(?:-.*)?',
    'if-.*',
    'access-control-.*|sec-.*',
  ].join('|')})$`,
);
