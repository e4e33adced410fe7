import { newEventId } from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { failureOf } from '@harborage/test-kit/failure-of'
import { expect, test } from 'vitest'

const owner = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const entry = { entryId: newEventId(), bytes: Buffer.from('a') }

/** Returns a call of a store that takes anything, as JavaScript does. */
function calls(journal: JournalStore): Readonly<Record<string, (options: never) => unknown>> {
  return {
    follow: (options) => journal.follow(owner, 'q', options),
    touch: (options) => journal.touch(owner, 'q', options),
    append: (options) => journal.append(owner, 'q', [entry], options),
    get: (ids) => journal.get(owner, 'q', ids),
    replaceAfter: (replacement) => journal.replaceAfter(replacement),
  }
}

test.for<[string, unknown, RegExp]>([
  ['follow', { after: { position: 1 } }, /generation is missing or empty: take it from a head/],
  ['touch', { ifHead: { position: 1 }, expiresAt: null }, /generation .+: pass the head/],
  ['get', [''], /^entryIds\[0\] is missing or empty: pass the id of an entry$/],
  ['replaceAfter', { owner, stream: 'q', position: 0 }, /^ifPosition is missing: it has to be a/],
  ['replaceAfter', { owner, stream: 'q' }, /^position is missing/],
  ['append', { ifPosition: undefined }, /^options.ifPosition is undefined: .+ or leave it out$/],
  ['append', { ifPosition: -1 }, /^options.ifPosition must be a safe integer of at least 0$/],
])('%s with %j says what to pass', async ([name, given, message]) => {
  await using journal = await openJournalStore()
  const call = calls(journal)[name]
  const failure = await failureOf((async () => call?.(given as never))())
  expect(failure).toMatchObject({ code: 'invalid_record' })
  expect(failure.message).toMatch(message)
})
