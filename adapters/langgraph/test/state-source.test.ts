import '@harborage/driver-sqlite'

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { isHarborageError } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { expect, test } from 'vitest'

import { stateAt } from '../src/state-source.ts'

const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

test('a state store is opened once, however many calls ask for it at once', async () => {
  const source = stateAt('memory:')
  const [one, other] = await Promise.all([source.open(), source.open()])
  expect(one).toBe(other)
  expect(await source.open()).toBe(one)
  await source.close()
})

test('a state store that was opened is closed, also while it is being opened', async () => {
  const source = stateAt('memory:')
  const opening = source.open()
  await source.close()
  expect((await failureOf((await opening).load(session, 'k'))).code).toBe('store_closed')
})

test('one that was never opened is not opened to be closed', async () => {
  await stateAt('nothing://here').close()
})

test('a failed opening is reported, and tried again', async () => {
  const folder = join(await temporaryFolder(), 'missing')
  const source = stateAt(`sqlite:${join(folder, 'state.db')}`)
  expect((await failureOf(source.open())).code).toBe('invalid_config')
  await mkdir(folder)
  const state = await source.open()
  expect(await state.load(session, 'k')).toBeUndefined()
  await source.close()
})

test('the order of listKind is declined, unless the database keeps it already', async () => {
  const folder = await temporaryFolder()
  const [fresh = '', older = ''] = ['fresh', 'older'].map(
    (name) => `sqlite:${join(folder, `${name}.db`)}`,
  )
  await (await openStateStore({ dsn: older })).close()
  const codes: (string | undefined)[] = []
  for (const dsn of [fresh, older]) {
    const source = stateAt(dsn)
    const state = await source.open()
    const walk = state.listKind({ maintenanceScoped: true }, 'k')
    const next = walk[Symbol.asyncIterator]().next()
    codes.push(
      await next.then(
        () => undefined,
        (error: unknown) => (isHarborageError(error) ? error.code : 'no code'),
      ),
    )
    await source.close()
  }
  expect(codes).toEqual(['kind_index_off', undefined])
})
