// Started by a test: several of these put and remove their own artifacts in one task concurrently.
import { isHarborageError } from '@harborage/core'

import { collect } from '@harborage/test-kit/collect'
import { measure } from '@harborage/test-kit/measure'
import { openArtifacts } from './open-artifacts.ts'

/** Observations that must never occur. */
export interface TidyingAnswer {
  readonly faults: readonly string[]
}

const ROUNDS = measure({ quick: 10, full: 60 })

const [, , root = '', name = ''] = process.argv
const scope = { tenantId: 't', userId: 'u', sessionId: 's', taskId: 'k' }
const artifacts = await openArtifacts(root)
const faults: string[] = []
for (let round = 0; round < ROUNDS; round += 1) await putAndRemove(`${name} ${round}`)
const answer: TidyingAnswer = { faults }
console.log(JSON.stringify(answer))

async function putAndRemove(text: string): Promise<void> {
  try {
    const { id } = await artifacts.putText(scope, text)
    if ((await artifacts.getText(scope, id)) !== text) faults.push('a put was lost')
    const maintenance = { maintenanceScoped: true } as const
    const refs = await collect(artifacts.list(maintenance))
    if (!refs.some((ref) => ref.id === id)) faults.push('a put was not listed')
    if (!(await artifacts.delete(scope, id))) faults.push('a put was removed by another process')
  } catch (error) {
    faults.push(isHarborageError(error) ? `${error.code}: ${error.message}` : String(error))
  }
}
