/** A recorded request rate over time, of one constant step. */
export interface Trace {
  readonly name: string;
  readonly stepMs: number;
  /** Requests a second of each step, in order. */
  readonly rps: Float64Array;
}
