/**
 * Run by rows: several callers work at once on the stores of a place, each one operation after the other, and every
 * operation is told, in a line of its own, once its promise has resolved: `<caller> <index>`.
 */
import { openSync, writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'

import { openStores } from './open-stores.ts'
import { perform } from './operations.ts'
import type { WriterOptions } from './writer-options.ts'

const STANDARD_OUTPUT = 1

/** Each so many operations one is repeated, as if its answer had been lost. */
const REPEATED = 5

const [, , json = '{}'] = process.argv
const options = JSON.parse(json) as WriterOptions
const { dsn, writer, callers, durability, operations = Infinity, log } = options
const told = log === undefined ? STANDARD_OUTPUT : openSync(log, 'a')

writeSync(told, 'opening\n')
const stores = await openStores(dsn, durability)
// The next process begins faster; this one may be killed before it would do this by itself.
flushCompileCache()
await Promise.all(Array.from({ length: callers }, (_, number) => work(number)))
await stores[Symbol.asyncDispose]()

async function work(number: number): Promise<void> {
  for (let index = 0; index < operations; index += 1) {
    await perform(stores, { writer, number }, index)
    if (index % REPEATED === REPEATED - 1) await perform(stores, { writer, number }, index)
    // By itself and at once: a line that the process still holds would be lost with it.
    writeSync(told, `${number} ${index}\n`)
  }
}
