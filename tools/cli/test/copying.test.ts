import { PassThrough } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { createEventBus, HarborageError, tenantOwner } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { InMemoryStateDriver, openStateStore, StateStore, type StateDriver } from '@harborage/state'
import { expect, test } from 'vitest'
import { CopyMarker } from '../src/copying/copy-marker.ts'
import { copyStore } from '../src/copying/copy-store.ts'
import { visitPairs } from '../src/copying/dumping-store.ts'
import { openProfile } from '../src/places/open-profile.ts'
import type { Profile } from '../src/profile/profile.ts'
import { engines, session, type TestPlace } from './support/filled-stores.ts'
import { profileOf } from './support/profile-of.ts'
import { profilesToCopy } from './support/two-profiles.ts'

const ofCopy = tenantOwner({ tenantId: 'harborage.copy' })

test('a renewal of the lease that fails once does not end the copy', async () => {
  const driver = new FailingDriver()
  await using state = new StateStore(driver)
  const marker = await takenFrom(state, profileOf('postgres://localhost/a'))
  await driver.failOnce()
  // The renewal that failed has ended then.
  await setImmediate()
  await marker.save({ store: 'memory', after: undefined })
  await marker.remove()
  expect(await state.load(ofCopy, 'copy.marker')).toBeUndefined()
})

test('a copy that lost its lease leaves the marker and the lease of the other one alone', async () => {
  await using state = await openStateStore()
  const source = profileOf('postgres://localhost/a')
  const marker = await takenFrom(state, source)
  await state.delete(ofCopy, 'copy.lease')
  const other = await takenFrom(state, source)
  const saved = marker.save({ store: 'memory', after: undefined })
  await expect(saved).rejects.toMatchObject({ outcome: 'busy' })
  await expect(marker.remove()).rejects.toMatchObject({ outcome: 'busy' })
  await marker.release()
  await other.save({ store: 'journal', after: undefined })
  await other.remove()
})

test.each([
  ['user', 'postgres://ben@localhost/a?options=-csearch_path%3Done'],
  ['host', 'postgres://ann@127.0.0.1/a?options=-csearch_path%3Done'],
  ['database', 'postgres://ann@localhost/b?options=-csearch_path%3Done'],
  ['option', 'postgres://ann@localhost/a?options=-csearch_path%3Dtwo'],
])('a source on Postgres with another %s is another source', async (_, dsn) => {
  await using state = await openStateStore()
  const first = profileOf('postgres://ann:old@localhost/a?options=-csearch_path%3Done')
  await (await takenFrom(state, first)).release()
  await expect(takenFrom(state, profileOf(dsn))).rejects.toThrow('another source')
})

test('a source on Postgres with another password is the same source', async () => {
  await using state = await openStateStore()
  for (const dsn of [
    'postgres://ann:old@localhost/a?password=old&sslpassword=old&sslmode=require',
    'postgres://ann:new@localhost/a?sslmode=require&sslpassword=new',
  ]) {
    await (await takenFrom(state, profileOf(dsn))).release()
  }
})

test('a batch of conversations is bounded by the length of what they hold', async () => {
  const places = { from: await engines.SQLite(), to: await engines.SQLite() }
  await profilesToCopy(places)
  await addLongConversations(places.from, 12)
  await using from = await openProfile(profileOf(places.from.dsn))
  await using to = await openProfile(profileOf(places.to.dsn), { access: 'write' })
  await using state = await openStateStore()
  const marker = await takenFrom(state, profileOf(places.from.dsn))
  const streams = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
    cwd: '/',
  }
  const copying = { signal: new AbortController().signal, streams }
  const batches: number[] = []
  await visitPairs(from.stores, to.stores, {
    visit: (left, right) => {
      const dumps: typeof right.dumps = {
        dump: (scope, options) => right.dumps.dump(scope, options),
        loadDump: (scope, records) => {
          if (right.store === 'memory') batches.push(records.length)
          return right.dumps.loadDump(scope, records)
        },
      }
      return copyStore(copying, left, { ...right, dumps }, { marker })
    },
  })
  // Nine of 1 MB are more than 8 MiB. The short conversation of the tenant acme comes first.
  expect(batches).toEqual([10, 3])
  await marker.remove()
})

/** A driver that fails one commit. */
class FailingDriver extends InMemoryStateDriver {
  #failed: (() => void) | undefined

  /** Makes the next commit fail, and resolves once it has. */
  failOnce(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#failed = resolve
    return promise
  }

  override async commit(
    ...given: Parameters<StateDriver['commit']>
  ): ReturnType<StateDriver['commit']> {
    const failed = this.#failed
    if (failed === undefined) return super.commit(...given)
    this.#failed = undefined
    failed()
    throw new HarborageError('store_unavailable', 'the database is away for a moment')
  }
}

/** Begins a copy from a source, or goes on with it. */
async function takenFrom(state: StateStore, source: Profile): Promise<CopyMarker> {
  const marker = await CopyMarker.take(state, source, async () => 'nothing')
  if (marker === undefined) throw new Error('a target that holds nothing has no marker')
  return marker
}

async function addLongConversations(at: TestPlace, count: number): Promise<void> {
  const rules = { strategy: 'truncation', bus: createEventBus() } as const
  await using database = await at.open()
  await using memory = await openMemoryStore({ database, ...rules })
  for (let n = 0; n < count; n += 1) {
    const turn = { userMessage: 'x'.repeat(1_000_000), assistantResponse: '' }
    await memory.addTurn({ ...session, tenantId: 'long', sessionId: `s${n}` }, turn)
  }
}
