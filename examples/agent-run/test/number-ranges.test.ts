import { expect, test } from 'vitest'
import { appendNumber, numbersIn } from '../src/memory/number-ranges.ts'

test.each([
  [[], ''],
  [[1], '1-1'],
  [[1, 2, 3], '1-3'],
  [[9, 10, 11], '9-11'],
  [[1, 2, 4], '1-2, 4-4'],
  [[1, 2, 2, 3], '1-2, 2-3'],
])('%j is written as "%s" and read back', (numbers, text) => {
  expect(numbers.reduce(appendNumber, '')).toBe(text)
  expect(numbersIn(text)).toEqual(numbers)
})
