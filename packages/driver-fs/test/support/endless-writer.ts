// Started by a test, which stops or kills it during a put.
import { openArtifacts } from './open-artifacts.ts'

const [, , root = ''] = process.argv
const scope = { tenantId: 't', userId: 'u', sessionId: 's' }
const artifacts = await openArtifacts(root)
const bytes = new Uint8Array(32 * 1024 * 1024)
console.log('ready')
for (;;) {
  crypto.getRandomValues(bytes.subarray(0, 16))
  const { id } = await artifacts.putBytes(scope, bytes)
  console.log(id)
  await artifacts.delete(scope, id)
}
