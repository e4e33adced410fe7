import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import type { StateStore } from '@harborage/state'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { isFullRun, measure } from '@harborage/test-kit/measure'
import { randomSource } from '@harborage/test-kit/random-source'
import { emptyCheckpoint } from '@langchain/langgraph-checkpoint'
import { describe, expect, onTestFinished, test } from 'vitest'

import type { ImportOptions, ImportReport } from '../../src/import/import-options.ts'
import { importThreads } from '../../src/import/import-threads.ts'
import { HarborageSaver } from '../../src/saver/harborage-saver.ts'
import { memory, openFor, places, sharedPlaces } from '../support/places.ts'
import { longThread } from './support/long-thread.ts'
import { officialSavers } from './support/official-savers.ts'
import { doRuns } from './support/review-runs.ts'
import { ofThread, tuplesOf } from './support/tuples.ts'

const ann = { tenantId: 'acme', userId: 'ann' }
const session = { ...ann, sessionId: 'long' }
const savers = officialSavers()
/** They need three commits. */
const CHECKPOINTS = 200

describe.each(isFullRun ? places : [memory])('on $name, an import of a long thread', (place) => {
  test('that was stopped after any commit goes on where it was, and doubles nothing', async () => {
    const { saver, source } = await savers.sqlite()
    await longThread(saver, 'long', CHECKPOINTS)
    const whole = await saverAt(await memory.open())
    await importThreads({ from: source, to: whole.to })

    const { to, state } = await saverAt(await place.open())
    let stops = 0
    let checkpoints = 0
    let writes = 0
    for (let isDone = false; !isDone;) {
      const report = await importUntilFirstCommit({ from: source, to })
      isDone = report.isDone
      checkpoints += report.checkpoints
      writes += report.writes
      if (!isDone) stops += 1
    }
    expect(stops).toBeGreaterThanOrEqual(2)
    expect({ checkpoints, writes }).toEqual({ checkpoints: CHECKPOINTS, writes: 2 * CHECKPOINTS })
    expect(await tuplesOf(to, 'long')).toEqual(await tuplesOf(saver, 'long'))
    expect(await namesOf(state, 'lg/c')).toEqual(await namesOf(whole.state, 'lg/c'))
    expect(await importThreads({ from: source, to })).toMatchObject({ alreadyImported: 1 })
  })
})

test('no run goes on with a part of a thread, and each one with the whole', async () => {
  const { saver, source } = await savers.sqlite()
  await longThread(saver, 'long', CHECKPOINTS)
  const state = await memory.open()
  const { to } = await saverAt(state)
  await importUntilFirstCommit({ from: source, to })

  const runs = [to, (await saverAt(state)).to].flatMap((each) => [
    () => each.put(ofThread('long'), emptyCheckpoint(), METADATA, {}),
    () =>
      each.putWrites(
        { configurable: { ...session, thread_id: 'long', checkpoint_id: 'c' } },
        [['a', 1]],
        'task',
      ),
    () => each.pruneThread('long', { keepLatest: 1 }),
  ])
  for (const run of runs) expect((await failureOf(run)).code).toBe('thread_importing')
  await importThreads({ from: source, to })
  for (const run of runs) await run()
})

test('two imports at once leave what one does', async () => {
  const { saver, source } = await savers.sqlite()
  await longThread(saver, 'long', CHECKPOINTS)
  await doRuns(saver, 'short')
  const state = await memory.open()
  const reports = await Promise.all(
    [1, 2].map(async () => importThreads({ from: source, to: (await saverAt(state)).to })),
  )
  expect(reports.map(({ threads, alreadyImported }) => threads + alreadyImported)).toEqual([2, 2])
  const { to } = await saverAt(state)
  for (const id of ['long', 'short']) {
    expect(await tuplesOf(to, id)).toEqual(await tuplesOf(saver, id))
  }
})

test('a thread that is deleted during its import stays deleted', async () => {
  const { saver, source } = await savers.sqlite()
  await longThread(saver, 'long', CHECKPOINTS)
  const { to, state } = await saverAt(await memory.open())
  const deletions: Promise<void>[] = []
  const onProgress = (): void => {
    if (deletions.length === 0) deletions.push(to.deleteThread('long'))
  }
  expect(await importThreads({ from: source, to, onProgress })).toMatchObject({
    threads: 0,
    deleted: 1,
  })
  await Promise.all(deletions)
  expect(await namesOf(state, 'lg/')).toEqual([])
  expect(await importThreads({ from: source, to })).toMatchObject({ deleted: 1, checkpoints: 0 })
})

const KILLS = measure({ quick: 1, full: 50 })

describe.each(sharedPlaces)('on $name, an import', ({ makeDsn }) => {
  test('that is killed at any moment goes on where it was, and doubles nothing', async () => {
    const { saver, source } = await savers.sqlite()
    await longThread(saver, 'long', CHECKPOINTS)
    for (let runs = 1; runs <= 4; runs += 1) await doRuns(saver, `t${runs}`, { to: runs })
    const ids = ['long', 't1', 't2', 't3', 't4']
    const expected = new Map(
      await Promise.all(ids.map(async (id) => [id, await tuplesOf(saver, id)] as const)),
    )
    const whole = await saverAt(await memory.open())
    await importThreads({ from: source, to: whole.to })
    const random = randomSource(1)
    for (let kill = 0; kill < KILLS; kill += 1) {
      const dsn = await makeDsn()
      await killImport(saver.db.name, dsn, random)
      await killImport(saver.db.name, dsn, random)
      const { to, state } = await saverAt(await openFor(dsn))
      await importThreads({ from: source, to })
      for (const id of ids) expect(await tuplesOf(to, id)).toEqual(expected.get(id))
      expect(await namesOf(state, 'lg/c')).toEqual(await namesOf(whole.state, 'lg/c'))
    }
  })
})

/** Kills an import some time after one of its commits, unless it is done by then. */
async function killImport(file: string, dsn: string, random: () => number): Promise<void> {
  const script = join(import.meta.dirname, 'support/import-worker.ts')
  const worker = spawn(process.execPath, [script, file, dsn], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void worker.kill('SIGKILL'))
  const exited = once(worker, 'exit')
  let left = Math.floor(random() * 6)
  for await (const _line of createInterface({ input: worker.stdout })) {
    if (left === 0) void setTimeout(random() * 10).then(() => worker.kill('SIGKILL'))
    left -= 1
  }
  await exited
  if (worker.exitCode !== 0 && worker.signalCode !== 'SIGKILL') throw new Error('the import failed')
}

const METADATA = { source: 'loop', step: 0, parents: {} } as const

async function saverAt(state: StateStore): Promise<{ to: HarborageSaver; state: StateStore }> {
  return { to: new HarborageSaver({ state, owner: ann }), state }
}

/** Stops an import right after the first commit of a thread that is not complete with it. */
async function importUntilFirstCommit(
  options: ImportOptions,
): Promise<Pick<ImportReport, 'checkpoints' | 'writes'> & { readonly isDone: boolean }> {
  const stop = new AbortController()
  let last = { checkpoints: 0, writes: 0 }
  const onProgress: ImportOptions['onProgress'] = ({ checkpoints, writes }) => {
    last = { checkpoints, writes }
    stop.abort()
  }
  try {
    const { threads } = await importThreads({ ...options, onProgress, signal: stop.signal })
    return { ...last, isDone: threads === 1 }
  } catch (error) {
    if (error !== stop.signal.reason) throw error
    return { ...last, isDone: false }
  }
}

/** Resolves to the kinds of the slots of the long thread. */
async function namesOf(state: StateStore, prefix: string): Promise<readonly string[]> {
  return (await collect(state.listKeys(session, prefix))).map(({ kind }) => kind)
}
