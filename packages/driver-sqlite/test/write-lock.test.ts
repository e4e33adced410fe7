import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { openSqlite } from '@harborage/driver-sqlite'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { Notes } from './support/notes.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { holdWriteLock } from './support/write-lock.ts'

/** Longer than anything takes here, even on a slow machine. */
const PATIENT = { busyTimeoutMs: 600_000 }

describe('while another process holds the write lock', () => {
  test('a call waits without blocking this process, and succeeds when the lock is free', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    await using notes = await Notes.open({ dsn, busyTimeoutMs: 60_000 })
    await using lock = await holdWriteLock(dsn)
    let isDone = false
    const writing = Promise.all([notes.write('one'), notes.writeAll('two', 'three')]).then(() => {
      isDone = true
    })
    const gaps = await gapsOf(20)
    expect(isDone).toBe(false)
    // A wait inside SQLite would be one gap of the whole minute.
    expect(Math.max(...gaps)).toBeLessThan(60_000)
    await lock.release()
    await writing
    expect(await notes.ids()).toEqual(['one', 'three', 'two'])
  })

  test('a read does not wait', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    await using notes = await Notes.open({ dsn, busyTimeoutMs: 0 })
    await notes.write('one')
    await using _lock = await holdWriteLock(dsn)
    expect(await notes.ids()).toEqual(['one'])
  })

  test('a call fails after busyTimeoutMs, applies nothing and may be repeated', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    await using notes = await Notes.open({ dsn, busyTimeoutMs: 200 })
    await using lock = await holdWriteLock(dsn)
    const started = performance.now()
    for (const call of [notes.write('one'), notes.writeAll('two')]) {
      const error = await failureOf(call)
      expect(error).toMatchObject({ code: 'store_unavailable', retryable: true })
      expect(error.message).toContain('busyTimeoutMs')
    }
    expect(performance.now() - started).toBeGreaterThanOrEqual(200)
    await lock.release()
    expect(await notes.ids()).toEqual([])
    await notes.write('one')
    expect(await notes.ids()).toEqual(['one'])
  })

  test('a call with busyTimeoutMs: 0 does not wait', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    await using notes = await Notes.open({ dsn, busyTimeoutMs: 0 })
    await using _lock = await holdWriteLock(dsn)
    const error = await failureOf(notes.write('one'))
    expect(error).toMatchObject({ code: 'store_unavailable', retryable: true })
  })

  test('calls that arrive meanwhile are applied in order once it is free', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    await using notes = await Notes.open({ dsn, ...PATIENT })
    await using lock = await holdWriteLock(dsn)
    const found: number[] = []
    const writing = Array.from({ length: 40 }, async (_, index) => {
      await delay(index)
      if (index % 2 === 0) await notes.write(`n${index}`)
      else found[index] = await notes.writeAll(`n${index}`)
    })
    await gapsOf(20)
    await lock.release()
    await Promise.all(writing)
    for (let index = 1; index < 40; index += 2) expect(found[index]).toBe(index)
  })

  test('each of many calls fails when its time is over, and applies nothing', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    await using notes = await Notes.open({ dsn, busyTimeoutMs: 100 })
    await using lock = await holdWriteLock(dsn)
    const calls = Array.from({ length: 20 }, (_, index) => notes.write(`n${index}`))
    const errors = await Promise.all(calls.map(failureOf))
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['store_unavailable']))
    await lock.release()
    await notes.write('the latest')
    expect(await notes.ids()).toEqual(['the latest'])
  })

  test('a database can still be opened', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    await (await Notes.open({ dsn })).close()
    await using _lock = await holdWriteLock(dsn)
    await using _database = await openSqlite({ dsn, busyTimeoutMs: 0 })
  })

  test('closing waits for waiting calls', async () => {
    const dsn = join(await temporaryFolder(), 'a.db')
    const notes = await Notes.open({ dsn, ...PATIENT })
    const lock = await holdWriteLock(dsn)
    const writing = notes.write('one')
    const closing = notes.close()
    const late = await failureOf(notes.write('late'))
    expect(late.code).toBe('store_closed')
    await lock.release()
    await Promise.all([writing, closing])
    await using again = await Notes.open({ dsn })
    expect(await again.ids()).toEqual(['one'])
  })
})

/** Measures how long each of a number of short timers took, in milliseconds. */
async function gapsOf(count: number): Promise<number[]> {
  const gaps: number[] = []
  for (let each = 0; each < count; each += 1) {
    const started = performance.now()
    await delay(5)
    gaps.push(performance.now() - started)
  }
  return gaps
}
