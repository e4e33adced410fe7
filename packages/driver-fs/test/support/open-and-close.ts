// Run by a test: opens a store in a process of its own and closes it.
import { openArtifacts } from './open-artifacts.ts'

const [, , root = ''] = process.argv
await (await openArtifacts(root)).close()
console.log('null')
