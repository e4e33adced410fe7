import {
  deleteSession,
  forkSession,
  getSessionInfo,
  getSessionMessages,
  getSubagentMessages,
  importSessionToStore,
  listSessions,
  listSubagents,
  renameSession,
  tagSession,
} from '@anthropic-ai/claude-agent-sdk'
import { allOfUser } from '@harborage/core'
import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import { places, type Stores } from '@harborage/test-kit/adapters/places'
import { collect } from '@harborage/test-kit/collect'
import { measure } from '@harborage/test-kit/measure'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'

import { ann, PROJECT, uuidOf } from './support/entries.ts'
import { conversation, projectFolder, writeTranscript } from './support/transcript-file.ts'

const dir = '/home/ann/app'
const sessionId = uuidOf('s1')
/** They take several commits. */
const ENTRIES = measure({ quick: 1_500, full: 10_000 })

/** Writes a session as Claude Code does, with a sub-agent, and imports it by the SDK. */
async function imported(stores: Stores, length: number): Promise<HarborageSessionStore> {
  const folder = await temporaryFolder()
  vi.stubEnv('CLAUDE_CONFIG_DIR', folder)
  const project = projectFolder(folder, PROJECT)
  await writeTranscript(join(project, `${sessionId}.jsonl`), conversation('s1', length))
  await writeTranscript(
    join(project, sessionId, 'subagents', 'agent-1.jsonl'),
    conversation('s1', 4, { isSidechain: true, agentId: '1' }),
  )
  const store = new HarborageSessionStore({ ...stores, owner: ann })
  await importSessionToStore(sessionId, store, { dir })
  return store
}

describe.each(places)("the SDK's own functions on $name", ({ open }) => {
  test(`import a transcript of ${ENTRIES} entries, and a second time nothing`, async () => {
    const stores = await open()
    const sessionStore = await imported(stores, ENTRIES)
    const options = { dir, sessionStore }
    const messages = await getSessionMessages(sessionId, options)
    const expected = conversation('s1', ENTRIES).map(({ uuid }) => uuid)
    expect(messages.map(({ uuid }) => uuid)).toEqual(expected)
    expect(await listSubagents(sessionId, options)).toEqual(['1'])
    expect(await getSubagentMessages(sessionId, '1', options)).toHaveLength(4)

    await importSessionToStore(sessionId, sessionStore, { dir })
    const key = { projectKey: PROJECT, sessionId }
    expect(await sessionStore.load(key)).toEqual(conversation('s1', ENTRIES))
    expect(await sessionStore.load({ ...key, subpath: 'subagents/agent-1' })).toHaveLength(4)
  })

  test('list, rename, tag, fork and delete sessions', async () => {
    const stores = await open()
    const sessionStore = await imported(stores, 6)
    const options = { dir, sessionStore }
    const [listed] = await listSessions(options)
    expect(listed).toMatchObject({ sessionId, summary: 'question 0 of s1', cwd: dir })

    await renameSession(sessionId, 'The broken build', options)
    await tagSession(sessionId, 'green', options)
    const named = { sessionId, summary: 'The broken build', tag: 'green' }
    expect(await listSessions(options)).toMatchObject([named])
    expect(await getSessionInfo(sessionId, options)).toMatchObject(named)
    await tagSession(sessionId, null, options)
    expect((await getSessionInfo(sessionId, options))?.tag).toBeUndefined()

    const upToMessageId = uuidOf('s1 3')
    const fork = await forkSession(sessionId, { ...options, upToMessageId, title: 'Another way' })
    const forked = await getSessionMessages(fork.sessionId, options)
    const texts = forked.map(({ message }) => JSON.stringify(message))
    expect(texts).toEqual(conversation('s1', 4).map(({ message }) => JSON.stringify(message)))
    const [newest, oldest] = await listSessions(options)
    expect(newest).toMatchObject({ sessionId: fork.sessionId, summary: 'Another way' })
    expect(oldest).toMatchObject({ sessionId, summary: 'The broken build' })

    await deleteSession(sessionId, options)
    expect((await listSessions(options)).map((each) => each.sessionId)).toEqual([fork.sessionId])
    expect(await getSessionMessages(sessionId, options)).toEqual([])
    expect(await listSubagents(sessionId, options)).toEqual([])
    await deleteSession(fork.sessionId, options)
    expect(await collect(stores.journal.streams(allOfUser(ann)))).toEqual([])
    expect(await collect(stores.state.sessions(allOfUser(ann)))).toEqual([])
  })
})
