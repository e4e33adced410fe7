import { describe, expect, it } from 'vitest'

import { quantile, ratios, spreadOf } from '../src/measure/statistics.ts'

describe('quantile', () => {
  it('interpolates linearly between two values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20)
  })

  it('is the value if there is only one', () => {
    expect(quantile([7], 0.99)).toBe(7)
  })

  it('throws without values', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError)
  })
})

describe('spreadOf', () => {
  it('returns the median and the quartiles, which one slow round does not affect', () => {
    expect(spreadOf([1, 2, 3, 4, 1000])).toEqual({ low: 2, median: 3, high: 4 })
  })
})

describe('ratios', () => {
  it('divides the values of the same round', () => {
    expect(ratios([10, 30, 20], [5, 10, 4])).toEqual([2, 3, 5])
  })

  it('leaves out rounds that only one side has', () => {
    expect(ratios([10, 30], [5])).toEqual([2])
    expect(ratios([10], [5, 7])).toEqual([2])
  })
})
