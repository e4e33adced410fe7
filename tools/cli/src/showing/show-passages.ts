import { selectionText } from '../arguments/identity-options.ts'
import { wrongUsage } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import { countOf, dateText } from '../output/quantities.ts'
import { jsonPayload } from '../payload/text-of.ts'
import { printContent } from './print-content.ts'
import { printFacts, type Showing } from './showing.ts'

/** Shows the passages of a collection, and resolves to whether there are any. */
export async function showPassages(run: CommandRun, showing: Showing): Promise<boolean> {
  const { stores, selection, name, limit } = showing
  const { out, signal } = run
  if (selection.sessionId === '') {
    throw wrongUsage('passages are of a session or a run: pass --user and --session')
  }
  const place = { identity: selection, collection: name }
  const held = await stores.memory?.driver.passages?.dump(place)
  if (held === undefined) return false
  const { passages } = held
  const known = { ...selection, collection: name, passages: passages.length }
  await out.item('passages', known, () => out.style('bold', countOf(passages.length, 'passage')))
  await printFacts(out, { passages: name, of: selectionText(selection) })
  const first = Math.max(0, passages.length - limit)
  if (first > 0) {
    await out.line(out.style('dim', `${countOf(first, 'earlier passage')}: --limit shows more`))
  }
  for (const [offset, { bytes, createdAt }] of passages.slice(first).entries()) {
    signal.throwIfAborted()
    const index = first + offset
    const payload = out.isJson ? { payload: jsonPayload(bytes) } : {}
    await out.item('passage', { index, createdAt, size: bytes.length, ...payload }, () =>
      out.style('bold', `${index}  ${dateText(createdAt)}`),
    )
    if (!out.isJson) await printContent(run, bytes, undefined)
  }
  return true
}
