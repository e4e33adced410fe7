// Run by a test: many of these work on one folder at once.
import type { ArtifactRef } from '@harborage/artifacts'
import { isHarborageError } from '@harborage/core'

import { collect } from '@harborage/test-kit/collect'
import { openArtifacts } from './open-artifacts.ts'

/** What one of several processes on one folder did and saw. */
export interface PuttingAnswer {
  /** The refs that the shared contents got, with their dates as JSON has them. */
  readonly shared: readonly Pick<ArtifactRef, 'id' | 'sha256' | 'filename'>[]
  readonly own: readonly string[]
  /** How many artifacts it put into the session that everybody deletes, and how many it removed there. */
  readonly put: number
  readonly removed: number
  /** What it saw that must never be. */
  readonly faults: readonly string[]
}

const ROUNDS = 25

const [, , root = '', name = ''] = process.argv
const kept = { tenantId: 't', userId: 'u', sessionId: 'kept' }
const session = { tenantId: 't', userId: 'u', sessionId: 'churned' }
const churned = { ...session, taskId: 'k' }
const artifacts = await openArtifacts(root)
const shared: ArtifactRef[] = []
const own: string[] = []
const faults: string[] = []
let removed = 0
for (let round = 0; round < ROUNDS; round += 1) {
  await Promise.all([putShared(round), putOwn(round), churn(round)])
}
const answer: PuttingAnswer = { shared, own, put: ROUNDS, removed, faults }
console.log(JSON.stringify(answer))

async function putShared(round: number): Promise<void> {
  const ref = await artifacts.putText(kept, `shared ${round}`, { filename: name })
  shared.push(ref)
}

async function putOwn(round: number): Promise<void> {
  const ref = await artifacts.putText(kept, `${name} ${round}`)
  own.push(ref.id)
}

async function churn(round: number): Promise<void> {
  const text = `${name} ${round}`
  const ref = await artifacts.putText(churned, text)
  const read = await artifacts.getText(churned, ref.id)
  if (read !== text && read !== undefined) faults.push('another text was read')
  if (round % 5 === 4) removed += await artifacts.deleteScope(session)
  try {
    const refs = await collect(artifacts.list(churned))
    if (refs.some(({ scope }) => scope.sessionId !== 'churned')) faults.push('another session')
    if (new Set(refs.map(({ id }) => id)).size !== refs.length) faults.push('listed twice')
  } catch (error) {
    faults.push(isHarborageError(error) ? `list: ${error.code}` : String(error))
  }
}
