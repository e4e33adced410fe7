import type { Entry } from '@harborage/journal'
import { ownerOf, selectionText } from '../arguments/identity-options.ts'
import type { CommandRun } from '../command.ts'
import { countOf, dateText, dateTextIfAny } from '../output/quantities.ts'
import { loadInspectors, type Inspectors } from '../payload/inspectors.ts'
import { jsonPayload } from '../payload/text-of.ts'
import { printable } from '../output/printable.ts'
import { newestEntries } from './newest-entries.ts'
import { decodedFields, printContent } from './print-content.ts'
import { printFacts, type Showing } from './showing.ts'

/** Shows the newest entries of a stream, and resolves to whether there is one. */
export async function showStream(run: CommandRun, showing: Showing): Promise<boolean> {
  const { stores, selection, name, limit } = showing
  const { out } = run
  const { journal } = stores
  const owner = ownerOf(selection)
  const head = await journal?.head(owner, name, { signal: run.signal })
  if (journal === undefined || head === undefined) return false
  const { first, position, length, updatedAt, expiresAt } = head
  const inspectors = await loadInspectors(run)
  const label = inspectors.describeStream(name)?.label
  const facts = { first, position, length, updatedAt, expiresAt }
  const known = { ...selection, stream: name, ...facts, label }
  await out.item('stream', known, () => out.style('bold', countOf(length, 'entry', 'entries')))
  await printFacts(out, {
    stream: name,
    of: selectionText(selection),
    holds: label ?? '',
    updated: dateText(updatedAt),
    expires: dateTextIfAny(expiresAt),
  })
  for await (const entry of newestEntries(journal, { owner, stream: name, limit })) {
    run.signal.throwIfAborted()
    await printEntry(run, { stream: name, entry, inspectors })
  }
  return true
}

/** An entry that is printed. */
interface PrintedEntry {
  readonly stream: string
  readonly entry: Entry
  readonly inspectors: Inspectors
}

/** Prints an entry. */
export async function printEntry(
  run: CommandRun,
  { stream, entry, inspectors }: PrintedEntry,
): Promise<void> {
  const { out } = run
  const { position, entryId, type, bytes, createdAt } = entry
  const content = await inspectors.decodeEntry(stream, entry)
  const payload = out.isJson ? { payload: jsonPayload(bytes), ...decodedFields(content) } : {}
  await out.item('entry', { position, entryId, entryType: type, createdAt, ...payload }, () => {
    const about = type === '' ? '' : `  ${printable(type)}`
    return out.style('bold', `${position}  ${dateText(createdAt)}${about}`)
  })
  if (!out.isJson) await printContent(run, bytes, content)
}
