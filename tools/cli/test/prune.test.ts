import { openArtifactStore } from '@harborage/artifacts'
import { newEventId } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'
import { HeldLease } from '../src/leasing/held-lease.ts'
import { LEASE_KIND, ownerOfPrune } from '../src/pruning/slots-of-prune.ts'
import { Stopped } from '../src/stopped.ts'
import { change } from './support/changed-tables.ts'
import { engines, fill, ofSession, run, session, type TestPlace } from './support/filled-stores.ts'
import { jsonLinesOf, runCommand } from './support/run-command.ts'

const ALL = ['prune', '--keep-latest', '1', '--all-kinds']

describe.each(Object.entries(engines))('on %s', (_, place) => {
  test('prune removes what is older, in every store; a dry run counts it', async () => {
    const at = await place()
    await fill(at)
    await save(at, 'new', new Date(Date.now() + 60_000))
    await age(at)
    const args = ['prune', '--older-than', '30d', '--all-kinds', '--json']
    const counted = await runCommand([...args, '--dry-run'], at)
    expect({ code: counted.code, stderr: counted.stderr }).toEqual({ code: 3, stderr: '' })
    const expected = [
      { store: 'state', examined: 7, pruned: 6 },
      { store: 'artifacts', examined: 1, pruned: 1 },
      { store: 'memory', examined: 1, pruned: 1 },
      { store: 'passages', examined: 2, pruned: 2 },
      { store: 'journal', examined: 1, pruned: 1 },
    ]
    expect(jsonLinesOf(counted)).toMatchObject(expected)
    const pruned = await runCommand(args, at)
    expect(pruned).toMatchObject({ code: 0, stderr: '' })
    expect(jsonLinesOf(pruned)).toMatchObject(expected)
    const again = await runCommand([...args, '--dry-run'], at)
    expect(again.code).toBe(0)
    expect(jsonLinesOf(again)[0]).toMatchObject({ store: 'state', examined: 1, pruned: 0 })
    // The lease has left nothing.
    const tenants = await runCommand(['ls', '--json'], at)
    expect(tenants.stdout).not.toContain('harborage')
  })

  test('it keeps the newest of each owner, of a kind and of a selection', async () => {
    const at = await place()
    await fill(at)
    for (const day of [1, 2, 3]) await save(at, `step/${day}`, new Date(day * 86_400_000))
    await append(at, ['log/a', 'log/b'])
    const args = ['--keep-latest', '1', '--json', '-t', 'acme']
    const steps = await runCommand(['prune', '--kind', 'step/', ...args], at)
    expect(jsonLinesOf(steps)).toMatchObject([
      { store: 'state', pruned: 2 },
      { store: 'artifacts', pruned: 0 },
      { store: 'passages', pruned: 0 },
      { store: 'journal', pruned: 0 },
    ])
    const left = await runCommand(['ls', '-t', 'acme', '-u', 'ann', '-s', 's1', '--json'], at)
    expect(left.stdout).toContain('"step/3"')
    expect(left.stdout).not.toContain('"step/2"')
    const logs = await runCommand(['prune', '--kind', 'log/', ...args], at)
    expect(jsonLinesOf(logs)).toContainEqual(
      expect.objectContaining({ store: 'journal', pruned: 1 }),
    )
  })

  test('passages of a collection go by their own dates, and conversations stay then', async () => {
    const at = await place()
    await fill(at)
    const args = ['prune', '--older-than', '30d', '--kind', 'messages']
    const { code, stdout } = await runCommand(args, at)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^passages {3}2 collections of 2 removed$/m)
    const left = await runCommand(['ls', ...ofSession], at)
    expect(left.stdout).toContain('Conversation')
    expect(left.stdout).not.toContain('Passages')
  })

  test('what has expired goes, with --expired nothing else', async () => {
    const at = await place()
    await fill(at)
    const expiresAt = new Date(Date.now() - 60_000)
    await save(at, 'old', new Date(), expiresAt)
    await append(at, ['expired'], expiresAt)
    await put(at, 'old', expiresAt)
    await put(at, 'new', new Date(Date.now() + 60_000))
    const { code, stdout } = await runCommand(['prune', '--expired', '--json'], at)
    expect(code).toBe(0)
    expect(jsonLinesOf({ stdout })).toMatchObject([
      { store: 'state', pruned: 1 },
      { store: 'artifacts', examined: 3, pruned: 1 },
      { store: 'journal', pruned: 1 },
    ])
  })

  test('two at once are kept apart, and one that was killed is waited for', async () => {
    const at = await place()
    await fill(at)
    await using database = await at.open()
    await using state = await openStateStore({ database })
    const place_ = { owner: ownerOfPrune, kind: LEASE_KIND }
    const lease = await HeldLease.take(state, place_, 'busy')
    const busy = await runCommand(ALL, at)
    expect(busy.code).toBe(6)
    expect(busy.stderr).toContain('another prune is at work')
    // As that of a process that was killed: it is not renewed any more.
    lease.end()
    expect((await runCommand(ALL, at)).code).toBe(0)
  })

  test('one whose lease another one took meanwhile says so, with 6', async () => {
    const at = await place()
    await fill(at)
    await append(at, ['log/a', 'log/b'])
    // As if it had stood still for so long that another one began.
    const lose = "delete from state_records where kind like 'prune.lease%'"
    await change(
      at,
      _ === 'SQLite'
        ? `create trigger lose after delete on journal_streams begin ${lose}; end`
        : `create rule lose as on delete to journal_streams do also ${lose}`,
    )
    const { code, stdout, stderr } = await runCommand(ALL, at)
    expect(code).toBe(6)
    expect(stderr).toContain('another prune began meanwhile')
    expect(stdout).toContain('journal    2 streams of 3 removed')
    expect((await runCommand([...ALL, '--dry-run'], at)).code).toBe(0)
  })

  test('Ctrl-C ends it after its batch with 130, and the same command finishes', async () => {
    const at = await place()
    await fill(at)
    await age(at)
    const controller = new AbortController()
    const onPrinted = (text: string): void => {
      if (text.includes('state')) controller.abort(new Stopped('SIGINT'))
    }
    const args = ['prune', '--older-than', '1d', '--all-kinds']
    const stopped = await runCommand(args, { ...at, signal: controller.signal, onPrinted })
    expect({ code: stopped.code, stderr: stopped.stderr }).toEqual({
      code: 130,
      stderr: 'stopped: what is left remains. The same command removes it.\n',
    })
    expect((await runCommand(args, at)).code).toBe(0)
    expect((await runCommand([...args, '--dry-run'], at)).code).toBe(0)
  })
})

test('from cron it prints nothing but errors with --quiet', async () => {
  const at = await engines.SQLite()
  await fill(at)
  expect(await runCommand([...ALL, '-q'], at)).toEqual({ code: 0, stdout: '', stderr: '' })
  const typo = await engines.SQLite()
  const failed = await runCommand([...ALL, '-q'], typo)
  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain('no tables')
})

test.each([
  [[], 'it is not said what to remove'],
  [['--older-than', '30d'], 'it is not said of which kinds'],
  [['--keep-latest', '1'], 'it is not said of which kinds'],
  [['--keep-latest', '1', '--kind', ''], '--kind is empty'],
  [['--keep-latest', '1', '--kind', 'a', '--all-kinds'], 'contradict each other'],
  [['--older-than', '30', '--all-kinds'], '--older-than is no age'],
  [['--older-than', '0d', '--all-kinds'], '--older-than is no age'],
  [['--all-kinds', '--older-than', '-1d'], '--older-than lacks its value'],
  [['--keep-latest', '0', '--all-kinds'], '--keep-latest is beyond its bounds'],
  [['--keep-latest', '10001', '--all-kinds'], '--keep-latest is beyond its bounds'],
  [['--keep-latest', 'x'], '--keep-latest is no whole number'],
])('prune %j is refused', async (args, message) => {
  const at = await engines.SQLite()
  const { code, stderr } = await runCommand(['prune', ...args], at)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})

/** Makes everything that is stored a year older. */
async function age(at: TestPlace): Promise<void> {
  const year = 365 * 86_400_000
  await change(
    at,
    `update state_records set updated_at = updated_at - ${year} where kind <> 'new'`,
    `update artifacts_blobs set created_at = created_at - ${year}`,
    `update journal_streams set updated_at = updated_at - ${year}`,
    `update memory_state set updated_at = updated_at - ${year}`,
  )
}

/** Puts an artifact that expires. */
async function put(at: TestPlace, text: string, expiresAt: Date): Promise<void> {
  await using database = await at.open()
  await using artifacts = await openArtifactStore({ database })
  await artifacts.putText(session, text, { expiresAt })
}

async function save(at: TestPlace, kind: string, updatedAt: Date, expiresAt?: Date): Promise<void> {
  await using database = await at.open()
  await using state = await openStateStore({ database })
  const bytes = Buffer.from(kind)
  const record = { eventId: newEventId(), identity: session, kind, bytes, updatedAt }
  await state.save({ ...record, ...(expiresAt !== undefined && { expiresAt }) })
}

async function append(at: TestPlace, streams: readonly string[], expiresAt?: Date): Promise<void> {
  await using database = await at.open()
  await using journal = await openJournalStore({ database })
  for (const stream of streams) {
    const entries = [{ entryId: newEventId(), bytes: Buffer.from('x') }]
    await journal.append(run, stream, entries, expiresAt && { expiresAt })
  }
}
