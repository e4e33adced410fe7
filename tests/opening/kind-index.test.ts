import { isHarborageError, type ErrorCode } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { collect } from '@harborage/test-kit/collect'
import { describe, expect, test } from 'vitest'
import { checkpoint, earlierDatabase } from './support/earlier-records.ts'
import { openPlace, type Place } from './support/places.ts'
import { everyEngine } from './support/test-place.ts'

interface Options {
  readonly kindIndex?: boolean
  readonly migrate?: 'apply' | 'verify'
}

/** Opens a store, saves a record, and resolves to the kinds that listKind yields. */
async function kindsIn(place: Place, options: Options = {}): Promise<readonly string[]> {
  await using database = await openPlace(place)
  await using state = await openStateStore({ database, ...options })
  await state.save(checkpoint)
  const records = await collect(state.listKind({ maintenanceScoped: true }, 'task.'))
  return records.map(({ kind }) => kind)
}

async function codeOf(call: Promise<unknown>): Promise<ErrorCode | 'none'> {
  try {
    await call
    return 'none'
  } catch (error) {
    if (isHarborageError(error)) return error.code
    throw error
  }
}

describe.for(everyEngine)('on $engine', ({ engine, makePlace }) => {
  test('the first opening declines the order of listKind for all later ones', async () => {
    await using place = await makePlace()
    const off = { code: 'kind_index_off', retryable: false }
    expect(await failureOf(kindsIn(place, { kindIndex: false }))).toMatchObject(off)
    const before = await place.structure()
    expect(before.filter((line) => /kinds|kind_idx/.test(line))).toEqual([])
    expect(await failureOf(kindsIn(place))).toMatchObject(off)
    const verifying = kindsIn(place, { kindIndex: false, migrate: 'verify' })
    expect(await failureOf(verifying)).toMatchObject(off)
    const refusal = await failureOf(kindsIn(place, { kindIndex: true }))
    expect(refusal).toMatchObject({ code: 'invalid_config', retryable: false })
    expect(refusal.message).toContain('leave kindIndex out')
    expect(await place.structure()).toEqual(before)
  })

  test('a database that keeps the order refuses to decline it', async () => {
    await using place = await makePlace()
    expect(await kindsIn(place)).toEqual([checkpoint.kind])
    const before = [await place.structure(), await place.content()]
    const refusal = await failureOf(kindsIn(place, { kindIndex: false }))
    expect(refusal).toMatchObject({ code: 'invalid_config', retryable: false })
    expect(refusal.message).toContain('leave kindIndex out')
    expect(await kindsIn(place, { kindIndex: true })).toEqual([checkpoint.kind])
    expect([await place.structure(), await place.content()]).toEqual(before)
  })

  test('a database of an earlier version keeps the order, and is not changed by the refusal', async () => {
    await using place = await makePlace()
    await place.runScript(await earlierDatabase(engine))
    const before = [await place.structure(), await place.content()]
    expect(await codeOf(kindsIn(place, { kindIndex: false }))).toBe('invalid_config')
    expect([await place.structure(), await place.content()]).toEqual(before)
    expect(await kindsIn(place, { kindIndex: true })).toContain(checkpoint.kind)
  })

  test('of two that open a new database at once and differ, one is refused', async () => {
    await using place = await makePlace()
    const codes = [kindsIn(place, { kindIndex: true }), kindsIn(place, { kindIndex: false })]
    const [keeping, declining] = await Promise.all(codes.map(codeOf))
    expect([
      ['none', 'invalid_config'],
      ['invalid_config', 'kind_index_off'],
    ]).toContainEqual([keeping, declining])
  })

  test("migrate: 'verify' names the migration that declines the order", async () => {
    await using place = await makePlace()
    const failure = await failureOf(kindsIn(place, { kindIndex: false, migrate: 'verify' }))
    expect(failure.code).toBe('schema_outdated')
    expect(failure.message).toContain('0007_decline_kind_index')
  })
})

test('kindIndex has to be true or false', async () => {
  const config = { kindIndex: 'no' }
  const failure = await failureOf(async () => {
    await Reflect.apply(openStateStore, undefined, [config])
  })
  expect(failure).toMatchObject({ code: 'invalid_config' })
  expect(failure.message).toMatch(/^kindIndex is a string/)
})
