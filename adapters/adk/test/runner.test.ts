import { join } from 'node:path'

import { LOAD_MEMORY } from '@google/adk'
import { sharedPlaces } from '@harborage/test-kit/adapters/places'
import { startWorker } from '@harborage/test-kit/adapters/worker-process'
import { describe, expect, test } from 'vitest'

import { runnerOf, say } from './support/agent.ts'
import { countingTool } from './support/counting-tool.ts'
import { ann } from './support/events.ts'
import { openFor, places } from './support/places.ts'
import { RecallingModel } from './support/recalling-model.ts'
import { ScriptedModel } from './support/scripted-model.ts'

const s1 = { ...ann, sessionId: 's1' }

test.each(places)("ADK's runner goes on with a session on $name", async ({ open }) => {
  const stores = await open()
  const first = runnerOf(stores, new ScriptedModel(), [countingTool])
  await first.sessionService.createSession(s1)
  expect(await say(first, 'message 1')).toEqual(['', '', 'I was asked 1 times.'])
  const second = runnerOf(stores, new ScriptedModel(), [countingTool])
  expect(await say(second, 'message 2')).toEqual(['', '', 'I was asked 2 times.'])
  const session = await second.sessionService.getSession(s1)
  expect(session?.events).toHaveLength(8)
  expect(session?.state).toEqual({ count: 2, 'user:count': 2, 'app:count': 2 })
  const file = { ...s1, filename: 'count.txt' }
  expect(await second.artifactService?.listVersions(file)).toEqual([0, 1])
  expect(await second.artifactService?.loadArtifact(file)).toEqual({ text: '2' })
})

describe.each(sharedPlaces)('on $name', ({ makeDsn }) => {
  test('an agent looks up what another process was told in an earlier session', async () => {
    const dsn = await makeDsn()
    const path = join(import.meta.dirname, 'support/memory-worker.ts')
    const worker = startWorker(path, [dsn], () => worker.process.kill('SIGKILL'))
    expect(await worker.lines).toEqual(['remembered'])

    const stores = await openFor(dsn)
    const runner = runnerOf(stores, new RecallingModel(), [LOAD_MEMORY])
    await runner.sessionService.createSession({ ...ann, sessionId: 'later' })
    const [, , answer] = await say(runner, 'Where is my lamp?', 'later')
    expect(answer).toContain('I remember: ')
    expect(answer).toContain('My lamp is on the third shelf.')
    const [, , none] = await say(runner, 'How are trains running?', 'later')
    expect(none).toBe('I remember: {"memories":[]}')
  })

  test('a second process goes on after kill -9, with all that was answered', async () => {
    const dsn = await makeDsn()
    const worker = startWorker(
      join(import.meta.dirname, 'support/agent-worker.ts'),
      [dsn],
      (line) => {
        if (line === '4') worker.process.kill('SIGKILL')
      },
    )
    const answered = (await worker.lines).length
    expect(answered).toBeGreaterThanOrEqual(4)

    const runner = runnerOf(await openFor(dsn), new ScriptedModel(), [countingTool])
    const before = await runner.sessionService.getSession(s1)
    const { events = [], state = {} } = before ?? {}
    expect(events.length).toBeGreaterThanOrEqual(4 * answered)
    const counts = events.flatMap(({ actions }) => actions.stateDelta['count'] ?? [])
    // An event and its state are one commit, on all three levels.
    const count = counts.at(-1)
    expect(state).toEqual({ count, 'user:count': count, 'app:count': count })

    await say(runner, 'message')
    const after = await runner.sessionService.getSession(s1)
    expect(after?.events.slice(0, events.length)).toEqual(events)
    expect(after?.state).toMatchObject({ count: Number(count) + 1 })
  })
})
