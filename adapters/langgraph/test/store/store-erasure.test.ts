import {
  allOfSession,
  allOfTenant,
  allOfUser,
  type Subtree,
  tenantOwner,
  userOwner,
} from '@harborage/core'
import { describe, expect, test } from 'vitest'

import { HarborageStore } from '../../src/store/harborage-store.ts'
import { places } from '../support/places.ts'

const owners = {
  ann: userOwner({ tenantId: 'acme', userId: 'ann' }),
  bob: userOwner({ tenantId: 'acme', userId: 'bob' }),
  acme: tenantOwner({ tenantId: 'acme' }),
  other: userOwner({ tenantId: 'other', userId: 'ann' }),
}
type Name = keyof typeof owners
const names: readonly Name[] = ['ann', 'bob', 'acme', 'other']

const erasures: readonly (readonly [what: string, subtree: Subtree, left: readonly Name[]])[] = [
  ['a user', allOfUser(owners.ann), ['bob', 'acme', 'other']],
  ['a tenant', allOfTenant({ tenantId: 'acme' }), ['other']],
  [
    'a session of a user',
    allOfSession({ tenantId: 'acme', userId: 'ann', sessionId: 't1' }),
    names,
  ],
]

describe.each(places)('on $name, erasing', ({ open }) => {
  test.each(erasures)('%s removes all of its items, and no others', async (_, subtree, left) => {
    const state = await open()
    const long = 'label '.repeat(200)
    for (const owner of Object.values(owners)) {
      const store = new HarborageStore({ state, owner })
      await store.put(['notes'], 'k', { n: 1 })
      await store.put(['notes', long], long.repeat(2), { n: 2 })
    }
    await state.deleteAll(subtree)
    const held = await Promise.all(
      names.map(async (name) => {
        const items = await new HarborageStore({ state, owner: owners[name] }).search([])
        return items.length === 2 ? [name] : []
      }),
    )
    expect(held.flat()).toEqual(left)
    const slots = await Promise.all(names.map((name) => state.count(owners[name], '')))
    expect(slots).toEqual(names.map((name) => (left.includes(name) ? 2 : 0)))
  })
})
