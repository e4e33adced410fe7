import { selectionText } from '../arguments/identity-options.ts'
import { wrongUsage } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import { conversationFields, conversationText } from '../listing/conversation-text.ts'
import { printableLines } from '../output/printable.ts'
import { countOf } from '../output/quantities.ts'
import { jsonLines } from '../payload/payload-lines.ts'
import { printLines } from '../payload/print-lines.ts'
import { printFacts, type Showing } from './showing.ts'

/**
 * Shows a conversation of any strategy, and resolves to whether there is one. It reads what is
 * stored, and so summarizes nothing.
 */
export async function showConversation(run: CommandRun, showing: Showing): Promise<boolean> {
  const { stores, selection, limit } = showing
  const { out, options, signal } = run
  if (selection.sessionId === '') {
    throw wrongUsage('a conversation is of a session or a run: pass --user and --session')
  }
  const conversation = await stores.memory?.driver.read(selection)
  if (conversation?.header === undefined) return false
  const { header, summary, turns } = conversation
  const known = { ...selection, ...conversationFields(header), summary }
  await out.item('conversation', known, () => out.style('bold', conversationText(header)))
  await printFacts(out, { of: selectionText(selection) })
  if (summary !== '') {
    await out.line(out.style('bold', 'Summary'))
    const lines = printableLines(summary).split('\n')
    await printLines(out, lines, { isAll: options.flag('all'), signal })
    await out.line()
  }
  const shown = limit === 0 ? [] : turns.slice(-limit)
  if (shown.length < turns.length) {
    await out.line(
      out.style('dim', `${countOf(turns.length - shown.length, 'older turn')}: --limit shows more`),
    )
  }
  for (const [index, { position, tokens, text }] of shown.entries()) {
    signal.throwIfAborted()
    // Positions begin anywhere, and have gaps where turns were forgotten.
    const number = turns.length - shown.length + index + 1
    await out.item('turn', { number, position, tokens, turn: text }, () =>
      out.style('bold', `Turn ${number} of ${turns.length}, ${countOf(tokens, 'token')}`),
    )
    const lines = jsonLines(text)
    await printLines(out, lines, { isAll: options.flag('all'), signal })
  }
  return true
}
