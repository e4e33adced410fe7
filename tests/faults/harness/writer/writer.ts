/**
 * Run by rows: several callers work at once on the stores of a place, each one operation after the
 * other, and every operation is told, in a line of its own, once its promise has resolved: see
 * `told.ts`.
 */
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { inspect } from 'node:util'

import { isHarborageError } from '@harborage/core'

import { writeLine } from '@harborage/test-kit/write-line'
import { openStores } from './open-stores.ts'
import { perform } from './operations.ts'
import { CLOSED, failureLine, OPENING, surrenderLine } from './told.ts'
import type { WriterOptions } from './writer-options.ts'

const STANDARD_OUTPUT = 1

/** One of this many operations is repeated as if its answer was lost, of each kind in turn. */
const REPEATED = 3

const [, , json = '{}'] = process.argv
const options = JSON.parse(json) as WriterOptions
const { dsn, writer, callers, operations = Infinity, attempts = 1 } = options
const told = options.log === undefined ? STANDARD_OUTPUT : openSync(options.log, 'a')

tell(OPENING)
const stores = await keepTrying('opening', () => openStores(dsn, options))
// The next process begins faster; this one may be killed before it would do this by itself.
flushCompileCache()
await Promise.all(Array.from({ length: callers }, (_, number) => work(number)))
await keepTrying('closing', async () => stores[Symbol.asyncDispose]())
tell(CLOSED)
if (options.stays === true) await once(process.stdin.resume(), 'end')

async function work(number: number): Promise<void> {
  for (let index = 0; index < operations; index += 1) {
    const call = (): Promise<void> => perform(stores, { writer, number }, index)
    await keepTrying(`${number} ${index}`, call)
    if (index % REPEATED === 0) await keepTrying(`${number} ${index}`, call)
    tell(`${number} ${index}`)
  }
}

async function keepTrying<Result>(what: string, call: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      if (!isHarborageError(error) || attempt >= attempts) giveUp(what, error)
      tell(failureLine(what, error.code))
    }
  }
}

function giveUp(what: string, error: unknown): never {
  const [reason = ''] = inspect(error).split('\n', 1)
  tell(surrenderLine(what, isHarborageError(error) ? error.code : undefined, reason))
  process.exit(1)
}

function tell(line: string): void {
  writeLine(told, line)
}
