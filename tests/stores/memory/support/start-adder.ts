import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import { spawnScript } from './spawn-script.ts'

const clock = pathToFileURL(join(import.meta.dirname, 'shift-clock.ts')).href

/** A process that adds turns to a conversation, with a clock of its own. */
export interface Adder {
  /** Adds a turn, and gives the time by the process's clock when it was acknowledged. */
  add(message: string): Promise<number>
}

/** @param shiftMs How far its clock is ahead. */
export function startAdder(dsn: string, shiftMs: number): Adder {
  const adder = spawnScript('turn-adder.ts', [dsn], {
    nodeOptions: ['--import', clock],
    env: { CLOCK_SHIFT_MS: String(shiftMs) },
  })
  const exited = once(adder, 'exit')
  onTestFinished(async () => {
    adder.stdin.end()
    await exited
  })
  const lines = createInterface(adder.stdout)[Symbol.asyncIterator]()
  return {
    async add(message) {
      adder.stdin.write(`${message}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error('the adder ended before it acknowledged')
      return Number(value)
    },
  }
}
