import { isDeepStrictEqual } from 'node:util'

import type { Figures } from '../fault-row.ts'
import { figures } from '../figures.ts'
import type { Cell, Picture } from './observe.ts'
import { APPENDED, committedKinds, kindOf, type Extent, type OperationKind } from './operations.ts'

/** Returns what the first `count` operations of a caller leave behind. */
export function pictureAfter(extent: Extent, operations: number): Picture {
  const done = (wanted: OperationKind): number[] =>
    Array.from({ length: operations }, (_, index) => index).filter(
      (index) => kindOf(extent, index) === wanted,
    )
  return {
    saved: done('save').slice(-1),
    committed: done('commit')
      .slice(-1)
      .flatMap((index) => committedKinds.map(() => index)),
    artifacts: done('put'),
    turns: done('addTurn'),
    entries: done('append').flatMap((index) => Array.from({ length: APPENDED }, () => index)),
    replaced: done('replaceAfter').slice(-1),
  }
}

/**
 * Returns how many of a caller's operations a picture shows, if it shows just those.
 *
 * @param least The smallest expected number.
 * @param most The largest number that was begun.
 */
export function operationsIn(
  picture: Picture,
  extent: Extent,
  least: number,
  most: number,
): number | undefined {
  for (let operations = most; operations >= least; operations -= 1) {
    if (isDeepStrictEqual(picture, pictureAfter(extent, operations))) return operations
  }
  return undefined
}

/**
 * Returns what is wrong with a picture after `acknowledged` operations. One more may have begun.
 */
export function judge(picture: Picture, extent: Extent, acknowledged: number): Figures {
  const kept = operationsIn(picture, extent, acknowledged, acknowledged + 1)
  return figures({
    acknowledged,
    ...(kept === undefined ? faults(picture, extent, acknowledged) : {}),
  })
}

function faults(picture: Picture, extent: Extent, acknowledged: number): Partial<Figures> {
  const { saved, committed, artifacts, turns, entries, replaced } = picture
  const cells = [...saved, ...committed, ...artifacts, ...turns, ...entries, ...replaced]
  const count = (fault: Cell): number => cells.filter((cell) => cell === fault).length
  const isHalf =
    ![0, committedKinds.length].includes(committed.length) || new Set(committed).size > 1
  const batches = [...Map.groupBy(numbersIn(entries), (index) => index).values()]
  const found = {
    lost: lostOf(picture, pictureAfter(extent, acknowledged)),
    duplicated: doublesIn(artifacts) + doublesIn(turns) + batches.filter(isDoubled).length,
    torn: count('torn') + (isHalf ? 1 : 0) + batches.filter(isTorn).length,
    foreign: count('foreign'),
  }
  const isNamed = Object.values(found).some((number) => number > 0)
  const shown = `${JSON.stringify(picture)} after ${acknowledged} operations`
  return { ...found, violations: isNamed ? [] : [`a picture that nothing explains: ${shown}`] }
}

/** Returns how many places show less than they have to. */
function lostOf(picture: Picture, expected: Picture): number {
  const isOlder = (part: 'saved' | 'committed' | 'replaced'): boolean =>
    Math.max(-1, ...numbersIn(picture[part])) < Math.max(-1, ...numbersIn(expected[part]))
  const missing = (part: 'artifacts' | 'turns' | 'entries'): number =>
    new Set(expected[part].filter((cell) => !picture[part].includes(cell))).size
  return (
    [isOlder('saved'), isOlder('committed'), isOlder('replaced')].filter(Boolean).length +
    missing('artifacts') +
    missing('turns') +
    missing('entries')
  )
}

function isDoubled(batch: readonly number[]): boolean {
  return batch.length > APPENDED
}

function isTorn(batch: readonly number[]): boolean {
  return batch.length < APPENDED
}

function numbersIn(cells: readonly Cell[]): number[] {
  return cells.filter((cell) => typeof cell === 'number')
}

function doublesIn(cells: readonly Cell[]): number {
  const numbers = numbersIn(cells)
  return numbers.length - new Set(numbers).size
}
