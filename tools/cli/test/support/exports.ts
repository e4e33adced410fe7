import { newEventId } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { expect } from 'vitest'
import { engines, fill, session, type TestPlace } from './filled-stores.ts'
import { runCommand } from './run-command.ts'

/** The command that exports the first tenant. */
export const OF_TENANT = ['export', '-t', 'acme'] as const

/** Returns a place that {@link fill} filled. */
export async function filled(engine: keyof typeof engines): Promise<TestPlace> {
  const at = await engines[engine]()
  await fill(at)
  return at
}

/** Returns a place with tables that hold nothing. */
export async function empty(engine: keyof typeof engines): Promise<TestPlace> {
  const at = await engines[engine]()
  expect((await runCommand(['migrate'], at)).code).toBe(0)
  return at
}

/** Exports the first tenant of a place. */
export async function exported(at: TestPlace) {
  const finished = await runCommand(OF_TENANT, at)
  expect(finished.code).toBe(0)
  return finished
}

/** Saves a slot of the session. */
export async function save(at: TestPlace, kind: string): Promise<void> {
  await using database = await at.open()
  await using state = await openStateStore({ database })
  await state.save({ eventId: newEventId(), identity: session, kind, bytes: Buffer.from('x') })
}

/** Returns the lines of an export, each parsed. */
export function linesOf(text: string): readonly Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Returns the records of an export, without its first and last line. */
export function recordsOf(text: string): readonly unknown[] {
  return linesOf(text).slice(1, -1)
}
