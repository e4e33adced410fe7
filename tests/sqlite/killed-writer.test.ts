import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import '@harborage/driver-sqlite'
import { openStateStore, type StateStore } from '@harborage/state'
import { expect, test } from 'vitest'

import { integrityOf } from '../support/integrity.ts'
import { temporaryFolder } from './temporary-folder.ts'

const ROUNDS = 20
const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

test('whatever was acknowledged before a kill -9 is there after it, and no commit in part', async () => {
  const path = join(await temporaryFolder(), 'a.db')
  const slots = new Map<string, number>()
  let step = 0
  let acknowledgements = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const log = await killAfter(5 + ((round * 37) % 120), path, step)
    for (const [kind, at] of log) {
      slots.set(kind === 'save' ? `slot.${at % 7}` : 'pair.left', at)
      step = at + 1
    }
    acknowledgements += log.length

    expect(integrityOf(path)).toBe('ok')
    await using state = await openStateStore({ dsn: `sqlite:${path}` })
    for (const [kind, at] of slots) expect(await stepIn(state, kind)).toBeGreaterThanOrEqual(at)
    expect(await stepIn(state, 'pair.right')).toBe(await stepIn(state, 'pair.left'))
    // The last call may have been applied without being acknowledged; a later round goes on behind it.
    step += 1
  }
  expect(acknowledgements).toBeGreaterThanOrEqual(ROUNDS * 5)
}, 60_000)

/** Kills a writer once it has reported so many acknowledgements, and gives all that it reported. */
async function killAfter(count: number, path: string, step: number): Promise<[string, number][]> {
  const script = join(import.meta.dirname, 'writer-to-be-killed.ts')
  const writer = spawn(process.execPath, [script, path, String(step)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(writer, 'exit')
  let reported = 0
  writer.stdout.on('data', (chunk: Buffer) => {
    reported += chunk.toString().split('\n').length - 1
    if (reported >= count) writer.kill('SIGKILL')
  })
  const log = await text(writer.stdout)
  expect(await exited).toEqual([null, 'SIGKILL'])
  return log
    .split('\n')
    .filter((line) => /^\w+ \d+$/.test(line))
    .map((line) => {
      const [kind = '', at = ''] = line.split(' ')
      return [kind, Number(at)]
    })
}

async function stepIn(state: StateStore, kind: string): Promise<number> {
  const { bytes } = await state.loadOrThrow(identity, kind)
  return Number(new TextDecoder().decode(bytes))
}
