import { ownerOf, selectionText } from '../arguments/identity-options.ts'
import type { CommandRun } from '../command.ts'
import { bytesText, dateText, dateTextIfAny } from '../output/quantities.ts'
import { loadInspectors } from '../payload/inspectors.ts'
import { jsonPayload } from '../payload/text-of.ts'
import { decodedFields, printContent } from './print-content.ts'
import { printFacts, writeRaw, type Showing } from './showing.ts'

/** Shows a slot, and resolves to whether it holds anything. */
export async function showSlot(run: CommandRun, showing: Showing): Promise<boolean> {
  const { stores, selection, name } = showing
  const record = await stores.state?.load(ownerOf(selection), name, { signal: run.signal })
  if (record === undefined) return false
  const { kind, eventId, version, bytes, createdAt, updatedAt, expiresAt } = record
  if (await writeRaw(run, bytes)) return true
  const inspectors = await loadInspectors(run)
  const content = await inspectors.decode(record)
  const label = inspectors.describe(kind)?.label
  const { out } = run
  if (out.isJson) {
    const known = { ...selection, kind, eventId, version, size: bytes.length, createdAt, updatedAt }
    const fields = {
      ...known,
      expiresAt,
      label,
      payload: jsonPayload(bytes),
      ...decodedFields(content),
    }
    await out.item('slot', fields, () => '')
    return true
  }
  await printFacts(out, {
    slot: kind,
    of: selectionText(selection),
    holds: label ?? '',
    'event id': eventId,
    version: String(version),
    size: bytesText(bytes.length),
    created: dateText(createdAt),
    updated: dateText(updatedAt),
    expires: dateTextIfAny(expiresAt),
  })
  await printContent(run, bytes, content)
  return true
}
