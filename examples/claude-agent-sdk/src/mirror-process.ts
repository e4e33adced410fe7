/**
 * The pod that is killed. Started by the example with a DSN and the id of the session. It writes
 * how many entries were acknowledged, and takes its time.
 */
import { openAgentStores } from '@harborage/example-kit/agent-stores'
import { say } from '@harborage/example-kit/say'
import { setTimeout } from 'node:timers/promises'
import { mirrorSession, TellingSessionStore } from './mirror-session.ts'

const [, , dsn = '', sessionId = ''] = process.argv
await using stores = await openAgentStores(dsn)
const store = new TellingSessionStore(stores, async (acknowledged) => {
  say(`${acknowledged}`)
  await setTimeout(50)
})
await mirrorSession(store, sessionId)
