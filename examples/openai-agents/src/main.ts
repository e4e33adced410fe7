import { runExample } from '@harborage/example-kit/run-example'
import { readCommandLine, USAGE } from './command-line.ts'

await runExample({
  usage: USAGE,
  readCommandLine,
  load: async () => (await import('./run-demo.ts')).runDemo,
})
