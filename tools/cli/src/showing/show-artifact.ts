import type { ArtifactScope } from '@harborage/artifacts'
import { ownerOf, selectionText, type Selection } from '../arguments/identity-options.ts'
import { wrongUsage } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import { bytesText, dateText, dateTextIfAny } from '../output/quantities.ts'
import { jsonPayload } from '../payload/text-of.ts'
import { printContent } from './print-content.ts'
import { printFacts, writeRaw, type Showing } from './showing.ts'

/** Shows an artifact, and resolves to whether there is one. */
export async function showArtifact(run: CommandRun, showing: Showing): Promise<boolean> {
  const { stores, selection, name } = showing
  const { out, signal } = run
  const taskId = run.options.text('task') ?? ''
  const scope = scopeOf(selection, taskId)
  const ref = await stores.artifacts?.getRef(scope, name, { signal })
  const bytes = await stores.artifacts?.get(scope, name, { signal })
  if (ref === undefined || bytes === undefined) return false
  if (await writeRaw(run, bytes)) return true
  const { id, mimeType, filename, sha256, sizeBytes, createdAt, expiresAt, source } = ref
  if (out.isJson) {
    const known = { ...selection, taskId, id, size: sizeBytes, mimeType, filename, sha256 }
    const fields = { ...known, createdAt, expiresAt, source, payload: jsonPayload(bytes) }
    await out.item('artifact', fields, () => '')
    return true
  }
  await printFacts(out, {
    artifact: id,
    of: selectionText(selection) + (taskId === '' ? '' : `, task ${taskId}`),
    type: mimeType,
    file: filename,
    size: bytesText(sizeBytes),
    sha256,
    created: dateText(createdAt),
    expires: dateTextIfAny(expiresAt),
  })
  await printContent(run, bytes, undefined)
  return true
}

function scopeOf(selection: Selection, taskId: string): ArtifactScope {
  const { tenantId, userId, sessionId, runId } = selection
  if (runId !== '') throw wrongUsage('an artifact is of no run: leave --run out, or pass --task')
  if (sessionId !== '') return { tenantId, userId, sessionId, taskId }
  if (taskId !== '') throw wrongUsage('--task needs --session: a task is one of a session')
  return ownerOf(selection)
}
