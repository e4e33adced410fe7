/**
 * Run by a test, which kills it: puts one round of items after another, each as a batch, and writes
 * the number of each round once it has resolved. A second argument breaks it on purpose, to see
 * that the test notices: it puts the items of a round one by one.
 */
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { openStateStore } from '@harborage/state'
import { writeLine } from '@harborage/test-kit/write-line'

import { HarborageStore } from '../../../src/store/harborage-store.ts'
import { roundOf, writersOwner } from './batches.ts'

const [, , dsn = '', fault] = process.argv
const state = await openStateStore({ dsn, kindIndex: false })
const store = new HarborageStore({ state, owner: writersOwner })
for (let round = 1; ; round += 1) {
  const puts = roundOf(round)
  if (fault === 'torn') for (const put of puts) await store.batch([put])
  else await store.batch(puts)
  writeLine(1, `${round}`)
}
