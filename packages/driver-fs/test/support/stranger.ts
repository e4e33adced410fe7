// Started by a test. Root may do everything, so it drops its rights once everything is loaded.
import { chmodSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { failureIn } from './describe-failure.ts'
import { openArtifacts } from './open-artifacts.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

const STRANGER = 65_534

/** The observations of a process that may first only read a store, and then also write to it. */
export interface StrangerAnswer {
  readonly newStore: unknown
  readonly read: string | undefined
  readonly puttingEqual: unknown
  readonly puttingNew: unknown
  readonly deleting: unknown
  readonly deletingScope: unknown
  readonly afterwards: string | undefined
}

const [, , root = ''] = process.argv
const scope = { tenantId: 't', userId: 'u', sessionId: 's' }
const asRoot = process.getuid?.() === 0

chmodSync(root, 0o777)
if (asRoot) process.seteuid?.(STRANGER)
const writer = await openArtifacts(join(root, 'store'))
const { id } = await writer.putText(scope, 'kept')

setRights(0o500, 0o400)
const newStore = await failureIn(() => openArtifacts(join(root, 'other')))
const artifacts = await openArtifacts(join(root, 'store'))
const read = await artifacts.getText(scope, id)
const puttingEqual = await failureIn(() => artifacts.putText(scope, 'kept'))
const puttingNew = await failureIn(() => artifacts.putText(scope, 'new'))
const deleting = await failureIn(() => artifacts.delete(scope, id))
const deletingScope = await failureIn(() => deleteSession(artifacts, scope))

setRights(0o700, 0o600)
const added = await artifacts.putText(scope, 'new')
const afterwards = await artifacts.getText(scope, added.id)
const answer: StrangerAnswer = {
  newStore: newStore ?? null,
  read,
  puttingEqual: puttingEqual ?? null,
  puttingNew,
  deleting,
  deletingScope,
  afterwards,
}
console.log(JSON.stringify(answer))

function setRights(folder: number, file: number): void {
  const found = readdirSync(join(root, 'store'), { recursive: true, withFileTypes: true })
  // From below, since a folder that may not be entered hides what is in it.
  for (const entry of found.toReversed()) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? folder : file)
  }
  chmodSync(join(root, 'store'), folder)
  if (asRoot) process.seteuid?.(0)
  chmodSync(root, folder === 0o500 ? 0o555 : 0o777)
  if (asRoot) process.seteuid?.(STRANGER)
}
