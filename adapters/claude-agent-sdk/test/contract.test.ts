import { InMemorySessionStore } from '@anthropic-ai/claude-agent-sdk'
import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import { places } from '@harborage/test-kit/adapters/places'
import { describe, expect, test } from 'vitest'

import { contract } from './support/contract.ts'
import { ann } from './support/entries.ts'

describe.each(places)('a session store on $name', ({ open }) => {
  test.each(contract)('$name', async ({ run }) => {
    await run(new HarborageSessionStore({ ...(await open()), owner: ann }))
  })
})

/** What the SDK's own store in memory does otherwise. The README says so, too. */
const failedByTheirs: readonly string[] = [
  'an entry with a uuid is there once, however often it is appended',
  'an entry with a uuid is there once in each transcript of a sub-agent, too',
  'entries are captured when they are appended',
  'what was loaded is a copy of its own',
  'keys that look alike are different transcripts',
  'a batch that is appended again does not bring an earlier title back',
]

test("the SDK's own store in memory meets the rest of the contract", async () => {
  const failed: string[] = []
  for (const { name, run } of contract) {
    try {
      await run(new InMemorySessionStore())
    } catch {
      failed.push(name)
    }
  }
  expect(failed).toEqual(failedByTheirs)
})
