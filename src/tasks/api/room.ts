/** Bytes that all requests together may hold. */
export interface Room {
  /** False: there is none left for so many more. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createRoom(mostBytes: number): Room {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > mostBytes) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
  };
}
