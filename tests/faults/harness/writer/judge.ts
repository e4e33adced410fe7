import { isDeepStrictEqual } from 'node:util'

import type { Figures } from '../fault-row.ts'
import { figures } from '../figures.ts'
import type { Cell, Picture } from './observe.ts'
import { committedKinds, kindOf, type Extent, type OperationKind } from './operations.ts'

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
  const { saved, committed, artifacts, turns } = picture
  const cells = [...saved, ...committed, ...artifacts, ...turns]
  const count = (fault: Cell): number => cells.filter((cell) => cell === fault).length
  const isHalf =
    ![0, committedKinds.length].includes(committed.length) || new Set(committed).size > 1
  const found = {
    lost: lostOf(picture, pictureAfter(extent, acknowledged)),
    duplicated: doublesIn(artifacts) + doublesIn(turns),
    torn: count('torn') + (isHalf ? 1 : 0),
    foreign: count('foreign'),
  }
  const isNamed = Object.values(found).some((number) => number > 0)
  const shown = `${JSON.stringify(picture)} after ${acknowledged} operations`
  return { ...found, violations: isNamed ? [] : [`a picture that nothing explains: ${shown}`] }
}

/** Returns how many places show less than they have to. */
function lostOf(picture: Picture, expected: Picture): number {
  const isOlder = (part: 'saved' | 'committed'): boolean =>
    Math.max(-1, ...numbersIn(picture[part])) < Math.max(-1, ...numbersIn(expected[part]))
  return (
    (isOlder('saved') ? 1 : 0) +
    (isOlder('committed') ? 1 : 0) +
    expected.artifacts.filter((cell) => !picture.artifacts.includes(cell)).length +
    expected.turns.filter((cell) => !picture.turns.includes(cell)).length
  )
}

function numbersIn(cells: readonly Cell[]): number[] {
  return cells.filter((cell) => typeof cell === 'number')
}

function doublesIn(cells: readonly Cell[]): number {
  const numbers = numbersIn(cells)
  return numbers.length - new Set(numbers).size
}
