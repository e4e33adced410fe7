import { DSN_USAGE, readDsnCommand } from '@harborage/example-kit/dsn-command'
import { runExample } from '@harborage/example-kit/run-example'

await runExample({
  usage: `An agent of Google's Agent Development Kit packs an order. Its process is killed with kill -9 in the
middle of its work, and another one goes on where it was. Fixed answers take the place of a model, so
that it needs no key and no network.

Usage: npx -y pnpm@12 example adk [options]

${DSN_USAGE}`,
  readCommandLine: readDsnCommand,
  load: async () => (await import('./run-demo.ts')).runDemo,
})
