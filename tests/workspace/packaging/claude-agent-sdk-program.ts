const body = `
async function main() {
  const [path = ''] = process.argv.slice(2)
  const owner = { tenantId: 'acme', userId: 'ann' }
  const database = await openDatabase('sqlite:' + path)
  const journal = await openJournalStore({ database })
  const state = await openStateStore({ database })
  const sessionStore = new HarborageSessionStore({ journal, state, owner })

  const sessionId = '0b5c2f0e-6a51-4d0c-9a43-6f3f5a1f8a10'
  const key = { projectKey: '-home-ann-app', sessionId }
  const uuids = ['5e1d6a5c-17a5-4c1e-8e2e-0a4a3a1b7d11', '5e1d6a5c-17a5-4c1e-8e2e-0a4a3a1b7d12']
  const entries = uuids.map((uuid, index) => ({
    type: 'user',
    uuid,
    parentUuid: uuids[index - 1] ?? null,
    sessionId,
    timestamp: new Date(index).toISOString(),
    message: { role: 'user', content: 'question ' + index },
  }))
  await sessionStore.append(key, entries)
  await sessionStore.append(key, entries)

  const options = { dir: '/home/ann/app', sessionStore }
  await renameSession(sessionId, 'The red build', options)
  const listed = await listSessions(options)
  const messages = await getSessionMessages(sessionId, options)
  const label = streamInspector.describe('claude.transcript/-home-ann-app')?.label
  await deleteSession(sessionId, options)
  const left = await listSessions(options)
  console.log(JSON.stringify([listed[0]?.summary, messages.length, label, left.length]))
  await database.close()
}
void main()
`

const names = {
  '@anthropic-ai/claude-agent-sdk':
    'deleteSession, getSessionMessages, listSessions, renameSession',
  '@harborage/claude-agent-sdk': 'HarborageSessionStore',
  '@harborage/claude-agent-sdk/inspect': 'streamInspector',
  '@harborage/core': 'openDatabase',
  '@harborage/journal': 'openJournalStore',
  '@harborage/state': 'openStateStore',
}

/**
 * A program of someone who uses the Claude Agent SDK with its session store on Harborage: a session
 * is mirrored, renamed, listed and deleted. It takes the path of an SQLite file.
 */
export const claudeProgram: string = [
  `import '@harborage/driver-sqlite'`,
  ...Object.entries(names).map(([from, imported]) => `import { ${imported} } from '${from}'`),
  body,
].join('\n')

/** The same program as a CommonJS module. */
export const requiredProgram: string = [
  `require('@harborage/driver-sqlite')`,
  ...Object.entries(names).map(([from, imported]) => `const { ${imported} } = require('${from}')`),
  body,
].join('\n')

/** What the programs print. */
export const PROGRAM_PRINTS: readonly unknown[] = ['The red build', 2, 'transcript', 0]
