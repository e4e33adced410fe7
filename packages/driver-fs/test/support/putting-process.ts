// Started by a test: many of these use one folder concurrently.
import type { ArtifactRef } from '@harborage/artifacts'
import { isHarborageError } from '@harborage/core'

import { collect } from '@harborage/test-kit/collect'
import { measure } from '@harborage/test-kit/measure'
import { openArtifacts } from './open-artifacts.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

/** The actions and observations of one of several processes on one folder. */
export interface PuttingAnswer {
  /** The refs of the shared contents, with dates as in JSON. */
  readonly shared: readonly Pick<ArtifactRef, 'id' | 'sha256' | 'filename'>[]
  readonly own: readonly string[]
  /**
   * The number of artifacts that it put into the session that all processes delete, and that it
   * removed there.
   */
  readonly put: number
  readonly removed: number
  /** Observations that must never occur. */
  readonly faults: readonly string[]
}

/** A multiple of 5. */
const ROUNDS = measure({ quick: 10, full: 25 })

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
  if (round % 5 === 4) removed += await deleteSession(artifacts, session)
  try {
    const refs = await collect(artifacts.list(churned))
    if (refs.some(({ scope }) => scope.sessionId !== 'churned')) faults.push('another session')
    if (new Set(refs.map(({ id }) => id)).size !== refs.length) faults.push('listed twice')
  } catch (error) {
    faults.push(isHarborageError(error) ? `list: ${error.code}` : String(error))
  }
}
