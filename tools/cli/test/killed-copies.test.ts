import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, newEventId } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { Choice } from '@harborage/test-kit/choice'
import { measure } from '@harborage/test-kit/measure'
import { expect, test } from 'vitest'
import { engines, run, session, type TestPlace } from './support/filled-stores.ts'
import { profilesToCopy } from './support/two-profiles.ts'

/** The records of the source: slots, artifacts, conversations and entries of a stream. */
const RECORDS = measure({ quick: 2_000, full: 250_000 })
const KILLS = measure({ quick: 1, full: 20 })
/** The heap of each process: far less than the records, or the places of all of them, take. */
const HEAP_MIB = 96
/** For how long the lease of a killed copy is in the way of the next one, in milliseconds. */
const LEASE_MS = 3_000

test('killed at random moments and run again, a copy copies every record, in bounded memory', async () => {
  const places = {
    from: await engines.SQLite(),
    to: await engines.Postgres(),
    empty: await engines.SQLite(),
  }
  const cwd = await profilesToCopy(places)
  await addMany(places.from, RECORDS)
  const choice = new Choice(42)
  for (let kills = 0; kills < KILLS; kills += 1) {
    const copying = start(['copy', 'from', 'to'], cwd)
    const ended = once(copying, 'exit')
    copying.stdout.resume()
    copying.stderr.resume()
    const waits =
      (kills === 0 ? 300 : LEASE_MS) + choice.below(measure({ quick: 1_500, full: 9_000 }))
    await Promise.race([ended, setTimeout(waits)])
    copying.kill('SIGKILL')
    await ended
  }
  expect(await finished(['copy', 'from', 'to'], cwd)).toMatchObject({ code: 0 })
  const same = await finished(['verify', 'from', 'to'], cwd)
  expect(same).toMatchObject({ code: 0 })
  const [count = ''] = /^[\d,]+/.exec(same.stdout) ?? []
  expect(Number(count.replaceAll(',', ''))).toBeGreaterThan(RECORDS)
  // All of them differ from nothing.
  const different = await finished(['verify', 'from', 'empty'], cwd)
  expect(different.code).toBe(3)
  expect(different.stdout).toContain(`${count} records of ${count} records differ`)
})

const BIN = new URL('../src/bin.ts', import.meta.url).pathname

function start(args: readonly string[], cwd: string) {
  const limited = [`--max-old-space-size=${HEAP_MIB}`, BIN, ...args]
  return spawn(process.execPath, limited, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs a command to its end. */
async function finished(args: readonly string[], cwd: string) {
  const child = start(args, cwd)
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code: child.exitCode, stdout, stderr }
}

/** The calls of each round, which share their commits. */
const ROUND = 500

/** Adds a number of records: 12 of 20 are entries, 6 slots, 1 an artifact and 1 a conversation. */
async function addMany(at: TestPlace, count: number): Promise<void> {
  await using database = await at.open()
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  const rules = { strategy: 'truncation', bus: createEventBus() } as const
  await using memory = await openMemoryStore({ database, ...rules })
  await using journal = await openJournalStore({ database })
  for (let first = 0; first < count; first += ROUND) {
    const entries: { entryId: ReturnType<typeof newEventId>; bytes: Uint8Array }[] = []
    const calls: Promise<unknown>[] = []
    for (let n = first; n < Math.min(first + ROUND, count); n += 1) {
      const kind = n % 20
      const eventId = newEventId()
      const bytes = Buffer.from(`content ${n}`)
      const among = { ...session, sessionId: `many.${n % 97}` }
      if (kind < 12) entries.push({ entryId: eventId, bytes })
      else if (kind < 18)
        calls.push(state.save({ eventId, identity: among, kind: `n.${n}`, bytes }))
      else if (kind < 19) calls.push(artifacts.putBytes({ ...among, taskId: `t${n}` }, bytes))
      else {
        const turn = { userMessage: `Question ${n}?`, assistantResponse: `${n}.` }
        calls.push(memory.addTurn({ ...session, sessionId: `many.${n}` }, turn))
      }
    }
    calls.push(journal.append(run, 'many', entries))
    await Promise.all(calls)
  }
}
