import { DSN_USAGE, readDsnCommand } from '@harborage/example-kit/dsn-command'
import { runExample } from '@harborage/example-kit/run-example'

await runExample({
  usage: `A pod that mirrors a session of the Claude Agent SDK is killed. Another one mirrors it again, and the
SDK's own functions list, rename, fork and delete it. It starts no model, and needs no key and no
network.

Usage: npx -y pnpm@12 example claude-agent-sdk [options]

${DSN_USAGE}`,
  readCommandLine: readDsnCommand,
  load: async () => (await import('./run-demo.ts')).runDemo,
})
