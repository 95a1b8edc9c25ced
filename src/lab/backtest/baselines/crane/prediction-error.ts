/** How wrong a prediction was (`pkg/prediction/accuracy`): in percent where that is possible, too little counting for more. */
export function predictionError(actual: Float64Array, predicted: Float64Array): number {
  // Percent of next to nothing says nothing.
  if (actual.some((each) => each < 1e-3)) {
    return mean(actual, (each, i) => Math.abs(each - (predicted[i] ?? 0)));
  }
  return mean(actual, (each, i) => {
    const share = (each - (predicted[i] ?? 0)) / each;
    return share > 0 ? amplify(share) : -share;
  });
}

/** 0.1 becomes 0.47, 0.5 becomes 3.1. */
export function amplify(share: number): number {
  return -Math.log(1 - share) / Math.log(1.25);
}

// Private

function mean(values: Float64Array, of: (value: number, i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += of(values[i] ?? 0, i);
  return sum / values.length;
}
