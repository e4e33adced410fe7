const body = `
class Clerk extends BaseLlm {
  constructor() {
    super({ model: 'clerk' })
  }
  async *generateContentAsync() {
    yield { content: { role: 'model', parts: [{ text: 'It arrives tomorrow.' }] } }
  }
  connect(): Promise<never> {
    return Promise.reject(new Error('there is no live connection'))
  }
}

async function main() {
  const [path = ''] = process.argv.slice(2)
  const tenant = { tenantId: 'acme' }
  const database = await openDatabase('sqlite:' + path)
  const journal = await openJournalStore({ database })
  const state = await openStateStore({ database })
  const artifacts = await openArtifactStore({ database })
  const memory = await openMemoryStore({ database, bus: createEventBus() })
  const make = () => new Runner({
    appName: 'shop',
    agent: new LlmAgent({ name: 'clerk', model: new Clerk() }),
    sessionService: new HarborageSessionService({ state, journal, tenant }),
    memoryService: new HarborageMemoryService({ memory, tenant }),
    artifactService: new HarborageArtifactService({ state, artifacts, tenant }),
  })
  const key = { appName: 'shop', userId: 'ann', sessionId: 's1' }
  await make().sessionService.createSession({ ...key, state: { 'user:size': 'M' } })
  for (const text of ['Where is my order?', 'Thank you.']) {
    const newMessage = { role: 'user', parts: [{ text }] }
    for await (const event of make().runAsync({ ...key, newMessage })) void event
  }
  const session = await make().sessionService.getSession(key)
  const file = { ...key, filename: 'a.txt' }
  const version = await make().artifactService?.saveArtifact({ ...file, artifact: { text: 'a' } })
  const part = await make().artifactService?.loadArtifact(file)
  if (session !== undefined) await make().memoryService?.addSessionToMemory(session)
  const found = await make().memoryService?.searchMemory({ ...key, query: 'order' })
  const recalled = found?.memories.map(({ content }) => content.parts?.[0]?.text)
  const label = streamInspector.describe('adk.events/x')?.label
  console.log(JSON.stringify([session?.events.length, session?.state, version, part, recalled, label]))
  await database.close()
}
void main()
`

const names = {
  '@google/adk': 'BaseLlm, LlmAgent, Runner',
  '@harborage/adk': 'HarborageArtifactService, HarborageMemoryService, HarborageSessionService',
  '@harborage/adk/inspect': 'streamInspector',
  '@harborage/artifacts': 'openArtifactStore',
  '@harborage/core': 'createEventBus, openDatabase',
  '@harborage/journal': 'openJournalStore',
  '@harborage/memory': 'openMemoryStore',
  '@harborage/state': 'openStateStore',
}

/**
 * A program of someone who uses ADK with its services on Harborage: two runners go on with one
 * session. It takes the path of an SQLite file.
 */
export const adkProgram: string = [
  `import '@harborage/driver-sqlite'`,
  ...Object.entries(names).map(([from, imported]) => `import { ${imported} } from '${from}'`),
  body,
].join('\n')

/** The same program as a CommonJS module. */
export const requiredAdkProgram: string = [
  `require('@harborage/driver-sqlite')`,
  ...Object.entries(names).map(([from, imported]) => `const { ${imported} } = require('${from}')`),
  body.replace(': Promise<never>', ''),
].join('\n')

/** What ADK depends on that has an install script, which pnpm has to be told to run. */
export const BUILDS_OF_ADK: readonly string[] = ['@google/genai', 'protobufjs']

/** What the programs print. */
export const ADK_PROGRAM_PRINTS: readonly unknown[] = [
  ...[4, { 'user:size': 'M' }, 0, { text: 'a' }, ['Where is my order?']],
  'event',
]
