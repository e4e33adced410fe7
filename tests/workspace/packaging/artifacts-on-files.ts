/** A user's program that keeps artifacts on files, and fails if it cannot read them again. */
export const artifactsOnFiles = `
import { openArtifactStore, type ArtifactRef } from '@harborage/artifacts'
import '@harborage/driver-fs'

const scope = { tenantId: 'acme', userId: 'ann', sessionId: 's1', taskId: 't1' }
let ref: ArtifactRef
{
  await using artifacts = await openArtifactStore({ dsn: 'fs:./artifacts' })
  ref = await artifacts.putText(scope, 'a long tool output', { filename: 'output.txt' })
}
await using artifacts = await openArtifactStore({ driver: 'fs', dsn: './artifacts' })
const text = await artifacts.getText(scope, ref.id)
if (text !== 'a long tool output') throw new Error('the artifact did not come back')
`
