import { selectionText } from '../arguments/identity-options.ts'
import type { CommandRun } from '../command.ts'
import { printable } from '../output/printable.ts'
import { bytesText, countOf } from '../output/quantities.ts'
import type { Erasure } from './erasure.ts'

/** Prints what an erasure will remove, and resolves to the number of records. */
export async function printPlan({ out }: CommandRun, erasure: Erasure): Promise<number> {
  const of = printable(selectionText(erasure.selection))
  await out.line(out.style('bold', `All of ${of} is to be removed:`))
  let total = 0
  for (const { label, count } of erasure.places) {
    for (const { store, records, bytes } of await count()) {
      total += records
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
  if (total === 0) await out.line('  nothing is there')
  return total
}
