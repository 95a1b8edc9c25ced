/**
 * Whether a modulus is of the form that a widespread chip generated, and that can be factored (CVE-2017-15361): for every
 * small prime it is a power of 65537. Of others one in some hundred million is, too.
 */
export function isOfRoca(modulus: bigint): boolean {
  return PRIMES.every((prime) =>
    powersOf(65_537 % prime, prime).has(Number(modulus % BigInt(prime))),
  );
}

// Private

const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
  103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

function powersOf(base: number, prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * base) % prime) powers.add(power);
  return powers;
}
