import { DSN_USAGE, readDsnCommand } from '@harborage/example-kit/dsn-command'
import { runExample } from '@harborage/example-kit/run-example'

await runExample({
  usage: `An agent of the OpenAI Agents SDK waits for an approval. The process that goes on with it is killed
after the charge and before its acknowledgment, and another one takes it over. Fixed answers take
the place of a model, so that it needs no key and no network.

Usage: npx -y pnpm@12 example openai-agents [options]

${DSN_USAGE}`,
  readCommandLine: readDsnCommand,
  load: async () => (await import('./run-demo.ts')).runDemo,
})
