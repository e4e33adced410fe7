import { allOfRun, allOfSession, allOfUser, createEventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { recordStatements } from '../artifacts/support/record-statements.ts'
import { openEngine } from './support/open-engine.ts'
import { sharedPlaces } from './support/places.ts'

const user = { tenantId: 'acme', userId: 'ann' }
const session = { ...user, sessionId: 's1' }
const run = { ...session, runId: 'r1' }
const query = 'lamp shelf third absent'

test.each(sharedPlaces)(
  'a search counts words in the database, and reads none of them, on $name',
  async ({ open }) => {
    await using opened = await openEngine(await open())
    const { database, recorded } = recordStatements(opened)
    await using memory = await openMemoryStore({ database, bus: createEventBus() })
    const many = Array.from({ length: 2_000 }, (_each, index) => `w${index}`).join(' ')
    const passages = ['a lamp', 'a lamp on the third shelf', 'the shelf'].map((said, index) => ({
      text: `${said} ${many}`,
      bytes: Uint8Array.of(index),
      createdAt: new Date(index),
    }))
    await memory.passages.replace(run, 'notes', passages)
    for (const subtree of [allOfUser(user), allOfSession(session), allOfRun(run)]) {
      recorded.length = 0
      const found = await memory.passages.search(subtree, 'notes', query)
      expect(found.map(({ index, words }) => [index, words])).toEqual([
        [1, 3],
        [2, 1],
        [0, 1],
      ])
      const [candidates = []] = await Promise.all(recorded.map(({ rows }) => rows))
      expect(candidates).toHaveLength(passages.length)
      for (const candidate of candidates) {
        expect(JSON.stringify(candidate).length).toBeLessThan(200)
      }
    }
  },
)
