// Started by a test: opens a store and closes it.
import { openArtifacts } from './open-artifacts.ts'

const [, , root = ''] = process.argv
await (await openArtifacts(root)).close()
console.log('null')
