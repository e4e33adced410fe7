import { basename } from 'node:path'
import { newEventId, type RunIdentity } from '@harborage/core'
import type { StateRecord, StateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'
import { openStores } from '../src/open-stores.ts'
import { sessionCost, sessionLifecycle, taskCheckpoint, taskStep, type Cost } from '../src/slots.ts'
import { demo } from './support/demo-process.ts'
import { finishedRun } from './support/finished-run.ts'
import { sampleFiles } from './support/sample-files.ts'
import { temporaryFolder } from '@harborage/example-kit/temporary-folder'

interface Tampering {
  readonly what: string
  readonly tamper: (store: StateStore, notes: RunIdentity, monday: RunIdentity) => Promise<unknown>
  readonly faults: readonly string[]
}

const tamperings: readonly Tampering[] = [
  {
    what: 'a removed step',
    tamper: (store, _, monday) => taskStep(2).delete(store, monday),
    faults: [
      'digest_sha256 of notes/monday.txt is missing',
      'step 14 was acknowledged and is not there',
      '59 slots are stored, and 60 belong to the plan',
    ],
  },
  {
    what: 'a step under another event id',
    tamper: (store, _, monday) =>
      forge(store, monday, taskStep(1).kind, (record) => ({ ...record, eventId: newEventId() })),
    faults: [
      'count_words of notes/monday.txt is stored under another event id than planned',
      'step 13 was acknowledged and is not there',
    ],
  },
  {
    what: 'a step that was counted twice',
    tamper: (store, notes) =>
      changeCost(store, notes, (cost) => ({ ...cost, steps: cost.steps + 1 })),
    faults: [
      'session notes has the costs of 11 steps, planned were 10',
      'the costs of session notes are not the sum of its steps',
    ],
  },
  {
    what: 'a sum that is one byte too high',
    tamper: (store, notes) =>
      changeCost(store, notes, (cost) => ({ ...cost, bytes: cost.bytes + 1 })),
    faults: ['the costs of session notes are not the sum of its steps'],
  },
  {
    what: 'a slot that belongs to no step',
    tamper: async (store, _, monday) => {
      const record = await store.loadOrThrow(monday, taskStep(5).kind)
      await store.save({ ...record, eventId: newEventId(), kind: taskStep(6).kind })
    },
    faults: ['61 slots are stored, and 60 belong to the plan'],
  },
  {
    what: 'a result that does not come from its file',
    tamper: (store, _, monday) =>
      forge(store, monday, taskStep(1).kind, (record) => ({
        ...record,
        bytes: Buffer.from(Buffer.from(record.bytes).toString().replace('"words":4', '"words":5')),
      })),
    faults: ['count_words of notes/monday.txt comes out differently'],
  },
  {
    what: 'a checkpoint that was set back',
    tamper: (store, _, monday) => taskCheckpoint.save(store, monday, { done: 4, of: 5 }),
    faults: ['the checkpoint of task notes/monday.txt is at 4 of 5'],
  },
  {
    what: 'a session that is not done',
    tamper: (store, notes) =>
      sessionLifecycle.save(store, notes, { status: 'running', workers: 1 }),
    faults: ['session notes is running, not done'],
  },
  {
    what: 'bytes that are no longer JSON',
    tamper: (store, _, monday) =>
      forge(store, monday, taskStep(3).kind, (record) => ({ ...record, bytes: Buffer.of(0x7b) })),
    faults: ['frequent_words of notes/monday.txt is missing'],
  },
]

describe('the verification finds', () => {
  test.for(tamperings)('$what', async ({ tamper, faults }) => {
    await using run = await finishedRun()
    expect((await run.account()).checks.flatMap((check) => check.faults)).toEqual([])

    const notes = run.session('notes')
    await tamper(run.stores.state, notes, { ...notes, runId: 'notes/monday.txt' })
    expect((await run.account()).checks.flatMap((check) => check.faults)).toEqual(faults)
  })
})

test('the verification finds a step that was acknowledged twice because it was lost in between', async () => {
  await using run = await finishedRun()
  run.acknowledged.push(...run.acknowledged.slice(4, 5))
  expect((await run.account()).checks.flatMap((check) => check.faults)).toEqual([
    'step 5 was acknowledged, lost and done again',
  ])
})

test('the verification finds a turn that is remembered twice, and a conversation that is gone', async () => {
  await using run = await finishedRun()
  const notes = run.session('notes')
  await run.stores.memory.settled()
  const { recentTurns } = await run.stores.memory.getLlmContext(notes)
  const [first] = recentTurns
  if (first === undefined) throw new Error('nothing is remembered')
  await run.stores.memory.addTurn(notes, { ...first, turnId: newEventId() })
  await run.stores.memory.settled()
  expect((await run.account()).checks.flatMap((check) => check.faults)).toEqual([
    'session notes remembers step 7 where step 11 belongs',
  ])

  await run.stores.memory.restore(notes, { bytes: new Uint8Array() })
  expect((await run.account()).checks.flatMap((check) => check.faults)).toEqual([
    'session notes remembers 0 steps of 10',
  ])
})

test.concurrent('the demo fails for a database that was tampered with', async () => {
  await using folder = await temporaryFolder(sampleFiles)
  await using place = await temporaryFolder()
  const dsn = `sqlite:${place.of('agent.db')}`
  await demo('--folder', folder.path, '--dsn', dsn, '--kills', '0')
  {
    await using stores = await openStores(dsn)
    const session = { tenantId: 'agent-run', userId: basename(folder.path), sessionId: 'notes' }
    await taskStep(2).delete(stores.state, { ...session, runId: 'notes/monday.txt' })
  }

  const { code, stdout, stderr } = await demo('--folder', folder.path, '--dsn', dsn)
  expect(stdout).toContain('✗ NOT TRUE that no step was lost')
  expect(stdout).toContain('      digest_sha256 of notes/monday.txt is missing')
  expect(stdout).not.toContain('Nothing was lost')
  expect(stderr).toBe('2 of 6 checks failed.\n')
  expect(code).toBe(1)
})

/** Replaces a record by another one, without a trace of the earlier one in the slot. */
async function forge(
  store: StateStore,
  identity: RunIdentity,
  kind: string,
  change: (record: StateRecord) => StateRecord,
): Promise<void> {
  const record = await store.loadOrThrow(identity, kind)
  await store.delete(identity, kind)
  await store.save(change(record))
}

async function changeCost(
  store: StateStore,
  session: RunIdentity,
  change: (cost: Cost) => Cost,
): Promise<void> {
  const cost = await sessionCost.load(store, session)
  if (cost === undefined) throw new Error('the session has no costs')
  await sessionCost.save(store, session, change(cost))
}
