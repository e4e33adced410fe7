import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openArtifactStore } from '@harborage/artifacts'
import { newEventId } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openStateStore } from '@harborage/state'
import { openSqlite } from '@harborage/driver-sqlite'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { describe, expect, test } from 'vitest'
import { change } from './support/changed-tables.ts'
import { fill, ofSession, session, type TestPlace, withoutTables } from './support/filled-stores.ts'
import { jsonLinesOf, runCommand, type JsonLine } from './support/run-command.ts'

/** Returns the stores of `status` by their names. */
async function storesOf({ env }: TestPlace): Promise<Readonly<Record<string, JsonLine>>> {
  const lines = jsonLinesOf(await runCommand(['status', '--json'], { env }))
  return Object.fromEntries(
    lines.filter(({ type }) => type === 'store').map((line) => [String(line['store']), line]),
  )
}

/** Adds what has expired, and a slot whose expiry is yet to come. */
async function expire(at: TestPlace): Promise<void> {
  await using database = await at.open()
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  await using journal = await openJournalStore({ database })
  const expiresAt = new Date(5)
  const bytes = Buffer.from('old')
  const slot = { identity: session, bytes }
  await state.save({ ...slot, eventId: newEventId(), kind: 'old.slot', expiresAt })
  const later = new Date('2999-01-01')
  await state.save({ ...slot, eventId: newEventId(), kind: 'later', expiresAt: later })
  await artifacts.putText({ ...session, taskId: 'old.task' }, 'old', { expiresAt })
  const entries = [1, 2].map(() => ({ entryId: newEventId(), bytes }))
  await journal.append(session, 'old.stream', entries, { expiresAt })
}

describe.each(Object.entries(withoutTables))('on %s', (_, place) => {
  test('migrate makes the tables of all stores once, and status shows them', async () => {
    const at = await place()
    expect((await runCommand(['migrate', '--dry-run'], at)).code).toBe(3)
    expect(await storesOf(at)).toMatchObject({ state: { state: 'absent' } })
    const first = await runCommand(['migrate'], at)
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(/state +migrated/)
    const second = await runCommand(['migrate'], at)
    expect(second.stdout).toMatch(/state +up to date/)
    expect((await runCommand(['migrate', '--dry-run'], at)).code).toBe(0)
    const { code, stdout } = await runCommand(['status'], at)
    expect(code).toBe(0)
    expect(stdout).toMatch(/(SQLite|PostgreSQL) \d/)
    expect(stdout).toMatch(/state +current +0 slots/)
  })

  test('status counts what each store has', async () => {
    const at = await place()
    await fill(at)
    expect(await storesOf(at)).toMatchObject({
      state: { state: 'current', counts: { slots: 6 } },
      artifacts: { state: 'current', counts: { artifacts: 1 } },
      memory: { state: 'current', counts: { conversations: 1, turns: 2 } },
      journal: { state: 'current', counts: { streams: 1, entries: 3 } },
    })
  })

  test('status says how much of what it counts has expired, which ls leaves out', async () => {
    const at = await place()
    await fill(at)
    await expire(at)
    expect(await storesOf(at)).toMatchObject({
      state: { counts: { slots: 8 }, expired: { slots: 1 } },
      artifacts: { counts: { artifacts: 2 }, expired: { artifacts: 1 } },
      memory: { expired: {} },
      journal: { counts: { streams: 2, entries: 5 }, expired: { streams: 1, entries: 2 } },
    })
    const { stdout } = await runCommand(['status'], at)
    expect(stdout).toMatch(/8 slots \(1 expired\)[^]*2 artifacts \(1 expired\)/)
    expect(stdout).toContain('2 streams (1 expired), 5 entries (2 expired)')
    const listed = await runCommand(['ls', ...ofSession, '--json'], at)
    expect(listed.stdout).not.toContain('old.')
  })

  test('tables of another release or without a table are shown, and exit 3', async () => {
    const at = await place()
    await fill(at)
    await change(
      at,
      `delete from harbor_artifacts_migrations where name = (select max(name) from harbor_artifacts_migrations)`,
      `insert into harbor_memory_migrations (name, timestamp) values ('9999_of_tomorrow', '')`,
      `drop table journal_streams`,
    )
    expect(await storesOf(at)).toMatchObject({
      state: { state: 'current' },
      artifacts: { state: 'outdated', counts: { artifacts: 1 } },
      memory: { state: 'too new', unknown: ['9999_of_tomorrow'], counts: { turns: 2 } },
      journal: { state: 'broken', counts: { streams: null } },
    })
    const { code, stdout } = await runCommand(['status'], at)
    expect(code).toBe(3)
    expect(stdout).toContain('harborage migrate')
    expect((await runCommand(['doctor'], at)).stdout).toMatch(/outdated_tables[^]*newer_tables/)
    const listed = await runCommand(['ls'], at)
    expect(listed.code).toBe(1)
    expect(listed.stderr).toContain('harborage migrate')
  })
})

test('commands that look make no file', async () => {
  const path = join(await temporaryFolder(), 'agent.db')
  const env = { HARBORAGE_DATABASE: `sqlite:${path}` }
  const codes: number[] = []
  for (const command of ['status', 'doctor', 'ls', 'usage']) {
    codes.push((await runCommand([command], { env })).code)
  }
  expect(codes).toEqual([3, 3, 4, 4])
  expect(existsSync(path)).toBe(false)
  await runCommand(['migrate'], { env })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await using database = await openSqlite({ dsn: path })
  expect(database.engine).toBe('sqlite')
})

test('status exits 3 for a place that has no tables of any store', async () => {
  const at = await withoutTables.Postgres()
  expect((await runCommand(['status'], at)).code).toBe(3)
  {
    await using database = await at.open()
    await using _ = await openStateStore({ database })
  }
  expect((await runCommand(['status'], at)).code).toBe(0)
})
