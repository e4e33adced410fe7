import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newEventId } from '@harborage/core'
import { requireSqlDatabase } from '@harborage/core/sql'
import { openStateStore } from '@harborage/state'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { readRows } from '../src/places/read-rows.ts'
import { Stopped } from '../src/stopped.ts'
import { change } from './support/changed-tables.ts'
import {
  engines,
  fill,
  ofRun,
  session,
  type TestPlace,
  withoutTables,
} from './support/filled-stores.ts'
import { heldRow } from './support/held-row.ts'
import { jsonLinesOf, runCommand } from './support/run-command.ts'

async function slotsIn(at: TestPlace, ...args: readonly string[]): Promise<number> {
  const lines = jsonLinesOf(await runCommand(['usage', '--json', ...args], at))
  return lines.reduce((sum, { records }) => sum + Number(records), 0)
}

async function rowsIn(at: TestPlace, table: string): Promise<number> {
  await using database = await at.open()
  const query = sql<{ count: unknown }>`select count(*) as count from ${sql.table(table)}`
  const [row] = await readRows(requireSqlDatabase(database), 'count', query)
  return Number(row?.count)
}

describe.each(Object.entries(engines))('on %s', (_, place) => {
  test('erase leaves nothing of a user and all of the others, and says what it did', async () => {
    const at = await place()
    await fill(at)
    const folder = await temporaryFolder()
    const receipt = join(folder, 'ann.json')
    const args = ['-t', 'acme', '-u', 'ann', '--yes', 'acme', '--receipt', receipt]
    const { code, stdout, stderr } = await runCommand(['erase', ...args], at)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /All of tenant acme, user ann is to be removed:[^]*state +4 slots removed/,
    )
    expect(stderr).toBe('nothing is left of it\n')
    expect(await slotsIn(at, '-t', 'acme', '-u', 'ann')).toBe(0)
    expect(await slotsIn(at, '-t', 'acme')).toBe(1)
    expect(await slotsIn(at, '-t', 'globex')).toBe(1)
    expect((await stat(receipt)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(receipt, 'utf8'))).toMatchObject({
      v: 1,
      type: 'erasure',
      of: { tenantId: 'acme', userId: 'ann', sessionId: '', runId: '' },
      isComplete: true,
      planned: [
        { store: 'state', records: 4 },
        { store: 'artifacts', records: 1 },
        { store: 'memory', records: 5 },
        { store: 'journal', records: 3 },
      ],
      places: [
        { store: 'state', deleted: 4, remaining: 0, isReached: true },
        { store: 'artifacts', deleted: 1, remaining: 0, isReached: true },
        { store: 'memory', deleted: 1, remaining: 0, isReached: true },
        { store: 'journal', deleted: 1, remaining: 0, isReached: true },
      ],
    })
    expect((await runCommand(['erase', '-t', 'acme', '-u', 'ann', '--yes', 'acme'], at)).code).toBe(
      0,
    )
  })

  test('of a tenant it also erases the rows whose heads are gone', async () => {
    const at = await place()
    await fill(at)
    await change(
      at,
      'delete from journal_streams',
      "delete from memory_state where kind = 'memory.state'",
    )
    const { code } = await runCommand(['erase', '-t', 'acme', '--yes', 'acme'], at)
    expect(code).toBe(0)
    expect(await rowsIn(at, 'journal_entries')).toBe(0)
    expect(await rowsIn(at, 'memory_state')).toBe(0)
    expect(jsonLinesOf(await runCommand(['doctor', '--json'], at))).toMatchObject([
      { type: 'healthy' },
    ])
  })

  test('a writer that is still at work makes it exit 5 and say so', async () => {
    const at = await place()
    await fill(at)
    await using database = await at.open()
    await using state = await openStateStore({ database })
    let isWriting = true
    const writing = (async () => {
      for (let n = 0; isWriting; n += 1) {
        const bytes = Buffer.from(`${n}`)
        await state.save({ eventId: newEventId(), identity: session, kind: `late/${n}`, bytes })
      }
    })()
    const codes: number[] = []
    let said = ''
    // The writer has saved something between the deletion and the last count in nearly every round.
    for (let round = 0; round < 20 && !codes.includes(5); round += 1) {
      const { code, stderr } = await runCommand(['erase', '-t', 'acme', '--yes', 'acme'], at)
      codes.push(code)
      said = stderr
    }
    isWriting = false
    await writing
    expect(codes).toContain(5)
    expect(said).toContain('writers were still at work')
    expect((await runCommand(['erase', '-t', 'acme', '--yes', 'acme'], at)).code).toBe(0)
    expect(await slotsIn(at, '-t', 'acme')).toBe(0)
  })

  test('stopped, it ends after its batch and says what remains; the same command finishes', async () => {
    const at = await place()
    await fill(at)
    const stop = new AbortController()
    stop.abort(new Stopped('SIGINT'))
    const args = ['erase', '-t', 'acme', '--yes', 'acme']
    const { code, stderr } = await runCommand(args, { ...at, signal: stop.signal })
    expect(code).toBe(130)
    expect(stderr).toMatch(/^stopped: \d+ records remain\. The same command erases them\.$/m)
    expect((await runCommand(args, at)).code).toBe(0)
    expect(await slotsIn(at, '-t', 'acme')).toBe(0)
  })

  test('who has passages only is found and erased', async () => {
    const at = await place()
    await fill(at)
    const args = ['-t', 'initrode', '--yes', 'initrode']
    expect(await slotsIn(at, '-t', 'initrode')).toBe(1)
    const { code, stdout } = await runCommand(['erase', ...args], at)
    expect(code).toBe(0)
    expect(stdout).toContain('1 record')
    expect(await slotsIn(at, '-t', 'initrode')).toBe(0)
    expect((await runCommand(['ls'], at)).stdout).not.toContain('initrode')
  })

  test('a run goes alone', async () => {
    const at = await place()
    await fill(at)
    expect((await runCommand(['erase', ...ofRun, '--yes', 'acme'], at)).code).toBe(0)
    expect(await slotsIn(at, ...ofRun)).toBe(0)
    expect((await runCommand(['ls', '-t', 'acme', '-u', 'ann', '-s', 's1'], at)).stdout).toMatch(
      /session\.cart[^]*truncation, 2 turns/,
    )
  })
})

test('a place that cannot be reached fails it, is on the receipt, and the others are erased', async () => {
  const at = await engines.SQLite()
  await fill(at)
  const cwd = await temporaryFolder()
  const profile = {
    database: at.dsn,
    journal: { database: 'postgres://ann:secret@127.0.0.1:1/agents' },
  }
  const config = join(cwd, 'harborage.config.json')
  await writeFile(config, JSON.stringify({ profiles: { default: profile } }))
  const args = ['erase', '-t', 'acme', '--yes', 'acme', '--receipt', 'receipt.json']
  const { code, stderr } = await runCommand(args, { cwd })
  expect(code).toBe(5)
  expect(stderr).toContain('postgres was not reached')
  expect(stderr).not.toContain('secret')
  const receipt = JSON.parse(await readFile(join(cwd, 'receipt.json'), 'utf8')) as object
  expect(receipt).toMatchObject({ isComplete: false })
  expect(receipt).toHaveProperty('places.3', {
    place: 'postgres',
    isReached: false,
    code: 'store_unavailable',
  })
})

test.each(['SQLite', 'Postgres'] as const)(
  'a place of %s without tables is not reached, so that a wrong DSN does not count as done',
  async (engine) => {
    const at = await withoutTables[engine]()
    const cwd = await temporaryFolder()
    const args = ['erase', '-t', 'acme', '--yes', 'acme', '--receipt', 'r.json']
    const { code, stderr } = await runCommand(args, { ...at, cwd })
    expect(code).toBe(5)
    expect(stderr).toContain('has no tables of a store: check the DSN and the schema')
    expect(await receiptIn(cwd)).toMatchObject({
      isComplete: false,
      places: [{ isReached: false, code: 'no_tables' }],
    })
  },
)

describe('an erasure that fails in a place', () => {
  const args = ['erase', '-t', 'acme', '--yes', 'acme', '--receipt', 'r.json']

  test.each([[[]], [['--digest']]])(
    'erases the others, is on the receipt, and the same command goes on with it: %j',
    async (more) => {
      const first = await engines.SQLite()
      const second = await engines.SQLite()
      await fill(first)
      await fill(second)
      const refuse = `begin select raise(abort, 'refused'); end`
      await change(first, `create trigger refused before delete on artifacts_blobs ${refuse}`)
      const cwd = await temporaryFolder()
      const profile = { database: first.dsn, journal: { database: second.dsn } }
      const config = JSON.stringify({ profiles: { default: profile } })
      await writeFile(join(cwd, 'harborage.config.json'), config)
      const failed = await runCommand([...args, ...more], { cwd })
      expect(failed.code).toBe(5)
      expect(failed.stderr).toContain('what is left there is not known')
      const unfinished = await receiptIn(cwd)
      expect(unfinished).toMatchObject({
        isComplete: false,
        places: [
          { store: 'state', deleted: 5 },
          { store: 'artifacts', deleted: 0 },
          { store: 'journal', deleted: 1, remaining: 0 },
          { isReached: false },
        ],
      })
      await change(first, 'drop trigger refused')
      const { code, stderr } = await runCommand([...args, ...more], { cwd })
      expect({ code, stderr }).toEqual({ code: 0, stderr: 'nothing is left of it\n' })
      const { of, places } = unfinished
      const finished = await receiptIn(cwd)
      expect(finished).toMatchObject({ isComplete: true, of, earlier: [{ places }] })
      expect((await stat(join(cwd, 'r.json'))).mode & 0o777).toBe(0o600)
      expect(await readdir(cwd)).toEqual(['harborage.config.json', 'r.json'])
      const refused = await runCommand([...args, ...more], { cwd })
      expect(refused.code).toBe(2)
      expect(await receiptIn(cwd)).toEqual(finished)
    },
  )

  test('has a receipt also if it is stopped, with which only the same erasure goes on', async () => {
    const at = await engines.Postgres()
    await fill(at)
    const cwd = await temporaryFolder()
    const stop = new AbortController()
    const held = await heldRow(at.dsn, 'artifacts_blobs')
    let released: PromiseLike<void> | undefined
    let begun: unknown
    const onPrinted = (text: string): void => {
      if (!text.includes('slots removed')) return
      // What a process that is killed here leaves.
      begun = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8'))
      stop.abort(new Stopped('SIGINT'))
      released = held[Symbol.asyncDispose]()
    }
    const stopped = await runCommand(args, { ...at, cwd, signal: stop.signal, onPrinted })
    await released
    expect(stopped.code).toBe(130)
    const before = { isComplete: false, ended: null, places: [] }
    expect(begun).toMatchObject({
      ...before,
      planned: [{ store: 'state', records: 5 }, {}, {}, {}],
    })
    const unfinished = await receiptIn(cwd)
    expect(unfinished).toMatchObject({
      isComplete: false,
      places: [
        { store: 'state', deleted: 5, remaining: 0 },
        { store: 'artifacts', deleted: 1, remaining: 0 },
      ],
    })
    for (const more of [['-u', 'ann'], ['--digest']]) {
      const { code, stderr } = await runCommand([...args, ...more], { ...at, cwd })
      expect(code).toBe(2)
      expect(stderr).toContain('exists')
    }
    expect(await receiptIn(cwd)).toEqual(unfinished)
    expect((await runCommand(args, { ...at, cwd })).code).toBe(0)
    expect(await receiptIn(cwd)).toMatchObject({ isComplete: true })
  })
})

/** Reads the receipt `r.json` of a folder. */
async function receiptIn(folder: string): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await readFile(join(folder, 'r.json'), 'utf8')) as Record<string, unknown>
}

test('a receipt with a digest has no name, and can be checked', async () => {
  const at = await engines.SQLite()
  await fill(at)
  const cwd = await temporaryFolder()
  const args = ['erase', '-t', 'acme', '-u', 'ann', '--yes', 'acme', '--receipt', 'r.json']
  expect((await runCommand([...args, '--digest'], { ...at, cwd })).code).toBe(0)
  const text = await readFile(join(cwd, 'r.json'), 'utf8')
  expect(text).not.toMatch(/acme|ann\b/)
  const { of } = JSON.parse(text) as { of: { salt: string; sha256: string } }
  const names = JSON.stringify(['acme', 'ann', '', ''])
  expect(
    createHash('sha256')
      .update(of.salt + names)
      .digest('hex'),
  ).toBe(of.sha256)
})

test('names may be in variables, so that they are in no list of processes', async () => {
  const at = await engines.SQLite()
  await fill(at)
  const env = { ...at.env, TENANT: 'acme', PERSON: 'ann' }
  const args = ['-t', 'env:TENANT', '-u', 'env:PERSON', '--yes', 'env:TENANT']
  expect((await runCommand(['erase', ...args], { env })).code).toBe(0)
  expect(await slotsIn(at, '-t', 'acme', '-u', 'ann')).toBe(0)
  const unset = await runCommand(['ls', '-t', 'env:NOT_SET'], { env })
  expect(unset.code).toBe(2)
})

describe('nothing is removed', () => {
  test.each([
    ['without a terminal to ask on', ['-t', 'acme'], 2, 'pass --yes'],
    ['if --yes is another name', ['-t', 'acme', '--yes', 'globex'], 2, '--yes is not the name'],
    ['with --dry-run', ['-t', 'acme', '--dry-run'], 0, ''],
    [
      'if the receipt exists',
      ['-t', 'acme', '--yes', 'acme', '--receipt', '/dev/null'],
      2,
      'exists',
    ],
    [
      'if the receipt cannot be made',
      ['-t', 'acme', '--yes', 'acme', '--receipt', '/no/such/folder'],
      2,
      'cannot be created',
    ],
  ])('%s', async (_, args, expected, advice) => {
    const at = await engines.SQLite()
    await fill(at)
    const before = await slotsIn(at)
    const { code, stderr } = await runCommand(['erase', ...args], at)
    expect(code).toBe(expected)
    expect(stderr).toContain(advice)
    expect(await slotsIn(at)).toBe(before)
  })
})
