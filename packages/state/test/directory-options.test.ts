import { allOfUser } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { expect, test } from 'vitest'

test('sessions has no order, and says how to list the newest ones first', async () => {
  await using state = await openStateStore()
  const options: object = { order: 'descending', limit: 10 }
  expect(() => state.sessions(allOfUser({ tenantId: 'acme', userId: 'ann' }), options)).toThrow(
    'it takes signal, pageSize. For newest first, see "A user\'s sessions, newest first" in docs/state.md',
  )
})
