/**
 * Divides `total` among those who could take `rooms`, as evenly as they allow; what does not divide goes to the first,
 * counted from `first` on.
 */
export function shares(total: number, rooms: readonly number[], first: number): readonly number[] {
  const given = rooms.map(() => 0);
  const order = rooms.map((_, at) => (first + at) % rooms.length);
  let left = total;
  for (;;) {
    const open = order.filter((at) => (rooms[at] as number) > (given[at] as number));
    if (left < 1 || open.length === 0) return given;
    const each = Math.max(1, Math.floor(left / open.length));
    for (const at of open) {
      const more = Math.min(each, left, (rooms[at] as number) - (given[at] as number));
      given[at] = (given[at] as number) + more;
      left -= more;
    }
  }
}
