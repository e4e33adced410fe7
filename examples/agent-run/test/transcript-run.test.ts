import { openStores } from '../src/open-stores.ts'
import { shareOf } from '@harborage/test-kit/measure'
import { expect, test } from 'vitest'
import { sessionCost, taskStep } from '../src/slots.ts'
import { demo } from './support/demo-process.ts'
import { conversation, recordedRuns } from './support/sample-transcripts.ts'
import { temporaryFolder } from '@harborage/example-kit/temporary-folder'

const shapes: readonly { readonly shape: string; readonly content: unknown }[] = [
  { shape: 'an array of messages', content: conversation },
  { shape: 'an object with messages', content: { model: 'm', messages: conversation } },
]

test.concurrent.for(shareOf(shapes, { of: 2, part: 1 }))(
  '$shape is replayed, a step per message',
  async ({ content }) => {
    await using folder = await temporaryFolder({ 'wind.json': JSON.stringify(content) })
    const dsn = `sqlite:${folder.of('agent.db')}`
    const { code, stdout } = await demo(
      ...['--transcript', folder.of('wind.json'), '--kills', '0', '--dsn', dsn],
    )
    expect(stdout).toContain('1 conversation: 1 session, 6 steps')
    expect(stdout).toMatch(/tool message +2 +3 words; tide 1×, wind 1×$/m)
    expect(stdout).toContain('✓ no step was lost')
    expect(code).toBe(0)

    await using stores = await openStores(dsn)
    const store = stores.state
    const session = { tenantId: 'transcript', userId: 'wind', sessionId: 'wind' }
    const stored = await Promise.all(
      conversation.map((_, index) =>
        taskStep(index + 1).load(store, { ...session, runId: 'conversation' }),
      ),
    )
    expect(stored.map((step) => step?.output)).toEqual(
      conversation.map((message): unknown => expect.objectContaining({ message })),
    )
    expect((await sessionCost.load(store, session))?.byAction).toEqual({
      'system message': 1,
      'user message': 1,
      'assistant message': 2,
      'tool message': 2,
    })
  },
)

test.concurrent('recorded runs are sessions of their users, up to the limit', async () => {
  await using folder = await temporaryFolder({ 'runs.json': JSON.stringify(recordedRuns(5)) })
  const dsn = `sqlite:${folder.of('agent.db')}`
  const { code, stdout } = await demo(
    ...['--transcript', folder.of('runs.json'), '--limit', '4', '--kills', '1', '--dsn', dsn],
  )
  expect(stdout).toContain('the first 4 of 5 conversations: 4 sessions, 24 steps')
  expect(stdout).toContain('Nothing was lost and nothing was done twice through 1 kill.')
  expect(code).toBe(0)

  await using stores = await openStores(dsn)
  const store = stores.state
  const last = { tenantId: 'airline', userId: 'sailor_1', sessionId: 'task-3-trial-0' }
  expect((await sessionCost.load(store, last))?.steps).toBe(6)
})
