/** Why a source gives no key one can rely on; its message goes on after the name of the source: `holds a private key`. */
export class Unusable extends Error {}
