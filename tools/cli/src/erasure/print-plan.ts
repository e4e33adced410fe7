import { selectionText } from '../arguments/identity-options.ts'
import type { CommandRun } from '../command.ts'
import { printable } from '../output/printable.ts'
import { bytesText, countOf } from '../output/quantities.ts'
import type { StoreName } from '../profile/profile.ts'
import type { Erasure } from './erasure.ts'

/** What a store of a place holds before an erasure. */
export interface PlannedStore {
  readonly place: string
  readonly store: StoreName
  /** The number of its records, as `usage` counts them: passages and entries each. */
  readonly records: number
}

/** Prints what an erasure will remove, and resolves to it. */
export async function printPlan(
  { out }: CommandRun,
  erasure: Erasure,
): Promise<readonly PlannedStore[]> {
  const of = printable(selectionText(erasure.selection))
  await out.line(out.style('bold', `All of ${of} is to be removed:`))
  const planned: PlannedStore[] = []
  for (const { label, count } of erasure.places) {
    for (const { store, records, bytes } of await count()) {
      planned.push({ place: label, store, records })
      await out.item('planned', { place: label, store, records, bytes }, () => {
        const much = `${countOf(records, 'record')}, ${bytesText(bytes)}`
        return `  ${store.padEnd(10)} ${much}  ${out.style('dim', label)}`
      })
    }
  }
  for (const { label, code } of erasure.unreached) {
    await out.item('unreached', { place: label, code }, () =>
      out.style('red', `  not reached: ${label}`),
    )
  }
  if (planned.every(({ records }) => records === 0)) await out.line('  nothing is there')
  return planned
}
