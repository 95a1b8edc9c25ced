/**
 * Does `work` and tells which variables of our environment it set to something else; they are as before then. What it
 * deleted is put back, too.
 */
export async function notingVariables<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly set: Readonly<Record<string, string>> }> {
  const before = { ...process.env };
  try {
    const result = await work();
    const changed = Object.entries(process.env).filter(
      (each): each is [string, string] => each[1] !== undefined && each[1] !== before[each[0]],
    );
    return { result, set: Object.fromEntries(changed) };
  } finally {
    for (const name of Object.keys(process.env)) {
      if (before[name] === undefined) delete process.env[name];
    }
    Object.assign(process.env, before);
  }
}
