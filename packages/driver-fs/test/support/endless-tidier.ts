// Started by a test, which kills it at some moment: puts and removes, which creates and removes
// folders.
import { openArtifacts } from './open-artifacts.ts'

const [, , root = '', name = ''] = process.argv
const scope = { tenantId: 't', userId: 'u', sessionId: 's', taskId: 'k' }
const artifacts = await openArtifacts(root)
for (let round = 0; ; round += 1) {
  const { id } = await artifacts.putText(scope, `${name} ${round}`)
  await artifacts.delete(scope, id)
  console.log(round)
}
