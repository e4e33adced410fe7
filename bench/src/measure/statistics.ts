/** The median and the quartiles of values. */
export interface Spread {
  readonly low: number
  readonly median: number
  readonly high: number
}

/** Returns the value below which this share of the values is, with linear interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) throw new RangeError('there are no values')
  return below + (above - below) * (place - Math.floor(place))
}

/** Returns the median and the quartiles. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    low: quantile(values, 0.25),
    median: quantile(values, 0.5),
    high: quantile(values, 0.75),
  }
}

/** Returns the ratios of values of the same round, so that a slow moment affects both values. */
export function ratios(above: readonly number[], below: readonly number[]): readonly number[] {
  return above
    .slice(0, below.length)
    .map((value, round) => value / (below[round] ?? Number.NaN))
    .filter(Number.isFinite)
}
