import { openArtifactStore } from '@harborage/artifacts'
import { newEventId, tenantOwner } from '@harborage/core'
import { compareNames } from '@harborage/core/kit'
import { openJournalStore } from '@harborage/journal'
import { openStateStore } from '@harborage/state'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { Stopped } from '../src/stopped.ts'
import { change } from './support/changed-tables.ts'
import { engines, fill, run, session, type TestPlace } from './support/filled-stores.ts'
import { jsonLinesOf, runCommand } from './support/run-command.ts'
import { profilesToCopy, writeProfiles } from './support/two-profiles.ts'

const COPY = ['copy', 'from', 'to']
const VERIFY = ['verify', 'from', 'to', '--json']

describe('copy', () => {
  test('from SQLite to Postgres and back to SQLite, every record stays the same', async () => {
    const places = {
      from: await engines.SQLite(),
      to: await engines.Postgres(),
      last: await engines.SQLite(),
    }
    const cwd = await profilesToCopy(places)
    const there = await runCommand([...COPY, '--json'], { cwd })
    expect(there.code).toBe(0)
    expect(jsonLinesOf(there).map(({ store, loaded }) => [store, loaded])).toEqual([
      ['state', 6],
      ['artifacts', 1],
      ['memory', 1],
      ['passages', 2],
      ['journal', 4],
    ])
    const back = await runCommand(['copy', 'to', 'last'], { cwd })
    expect(back.code).toBe(0)
    expect(back.stderr).toContain('14 records are the same in both places')
    const verified = await runCommand(['verify', 'from', 'last', '--json'], { cwd })
    expect(verified.code).toBe(0)
    expect(jsonLinesOf(verified)).toEqual([{ v: 1, type: 'verified', records: 14, differences: 0 }])
    // Nothing of the copy itself is left.
    const kept = await runCommand(['ls', '--profile', 'last', '--json'], { cwd })
    expect(kept.stdout).not.toContain('harborage.copy')
  })

  test('verify finds a flipped bit, what is missing and what is extra', async () => {
    const places = { from: await engines.SQLite(), to: await engines.Postgres() }
    const cwd = await profilesToCopy(places)
    expect((await runCommand(COPY, { cwd })).code).toBe(0)
    const client = new pg.Client({ connectionString: places.to.dsn })
    await client.connect()
    await client.query(
      `update state_records set bytes = set_bit(bytes, 3, 1 - get_bit(bytes, 3)) where kind = 'task.checkpoint'`,
    )
    await client.query(`delete from state_records where kind = 'preferences'`)
    await client.query(`update memory_passages set created_at = 7 where tenant_id = 'initrode'`)
    await client.end()
    await save(places.to, 'extra')
    const { code, stdout } = await runCommand(VERIFY, { cwd })
    expect(code).toBe(3)
    const lines = jsonLinesOf({ stdout })
    expect(lines.map(({ difference }) => String(difference)).toSorted(compareNames)).toEqual([
      'different',
      'different',
      'extra',
      'missing',
      'undefined',
    ])
    expect(
      lines.filter(({ difference }) => difference === 'different').map(({ place }) => place),
    ).toEqual([
      { identity: run, kind: 'task.checkpoint' },
      {
        identity: { tenantId: 'initrode', userId: 'eve', sessionId: 's9', runId: '' },
        collection: 'messages',
      },
    ])
  })

  test('verify prints the first differences and counts the others, of which --all prints each', async () => {
    const places = { from: await engines.SQLite(), to: await engines.SQLite() }
    const cwd = await profilesToCopy(places)
    await appendMany(places.from, 50)
    expect((await runCommand(COPY, { cwd })).code).toBe(0)
    await change(places.to, "update journal_entries set type = 'other'")
    const { code, stdout } = await runCommand(['verify', 'from', 'to'], { cwd })
    expect(code).toBe(3)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(22)
    expect(lines.slice(-2)).toEqual([
      'journal    and 33 more: --all prints each',
      '53 records of 65 records differ',
    ])
    const all = await runCommand(['verify', 'from', 'to', '--all'], { cwd })
    expect(all.stdout.trimEnd().split('\n')).toHaveLength(54)
    const json = jsonLinesOf(await runCommand(VERIFY, { cwd }))
    expect(json).toHaveLength(54)
    expect(json.at(-1)).toMatchObject({ records: 65, differences: 53 })
  })

  test('verify names a damaged artifact and compares the rest; copy and export name it, too', async () => {
    const places = { from: await engines.SQLite(), to: await engines.SQLite() }
    const cwd = await profilesToCopy(places)
    await putText(places.from, 'another page')
    expect((await runCommand(COPY, { cwd })).code).toBe(0)
    await save(places.to, 'extra')
    await change(
      places.from,
      "update artifacts_blobs set bytes = x'00' where filename = 'page.txt'",
    )
    const { code, stdout } = await runCommand(VERIFY, { cwd })
    expect(code).toBe(3)
    const lines = jsonLinesOf({ stdout })
    expect(lines).toMatchObject([
      { store: 'state', difference: 'extra' },
      { store: 'artifacts', difference: 'damaged', place: { scope: { taskId: 't1' } } },
      { type: 'verified', differences: 2 },
    ])
    const exported = await runCommand(['export', '-t', 'acme', '-p', 'from'], { cwd })
    expect(exported.code).toBe(1)
    const place = lines[1]?.['place']
    expect(exported.stderr).toContain(`the content of ${JSON.stringify(place)} is damaged`)
    const last = { from: places.from, last: await engines.SQLite() }
    const other = await writeProfiles(last)
    await runCommand(['migrate', '--profile', 'last'], { cwd: other })
    const copied = await runCommand(['copy', 'from', 'last'], { cwd: other })
    expect(copied.code).toBe(1)
    expect(copied.stderr).toContain(`the content of ${JSON.stringify(place)} is damaged`)
  })

  test('export names a damaged artifact of what it exports, and reads no other one', async () => {
    const at = await engines.SQLite()
    await fill(at)
    await putText(at, 'theirs', { ...session, tenantId: 'aaa' })
    await putText(at, 'of another user', { ...session, userId: 'abe' })
    await change(at, "update artifacts_blobs set bytes = x'00'")
    const { code, stderr } = await runCommand(['export', '-t', 'acme', '-u', 'ann'], at)
    expect(code).toBe(1)
    expect(stderr).toContain('"tenantId":"acme","userId":"ann","sessionId":"s1","taskId":"t1"')
    expect(stderr).toContain('is damaged: restore it')
  })

  test('verify compares the other stores if one cannot be read to its end, and exits 1', async () => {
    const places = { from: await engines.SQLite(), to: await engines.SQLite() }
    const cwd = await profilesToCopy(places)
    expect((await runCommand(COPY, { cwd })).code).toBe(0)
    await change(places.from, "update memory_state set bytes = x'00' where kind = 'memory.state'")
    await appendMany(places.to, 1)
    const { code, stdout, stderr } = await runCommand(VERIFY, { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain('not compared to its end')
    expect(jsonLinesOf({ stdout }).map(({ store }) => store)).toEqual([
      'journal',
      'journal',
      undefined,
    ])
  })

  test('a source that is changed meanwhile fails the command', async () => {
    const places = { from: await engines.SQLite(), to: await engines.SQLite() }
    const cwd = await profilesToCopy(places)
    expect((await stoppedAt('memory', COPY, cwd)).code).toBe(130)
    // The slots were copied.
    await save(places.from, 'late')
    const { code, stderr } = await runCommand(COPY, { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain('1 record changed while it was copied')
    // It copies from the beginning, with what was added.
    expect((await runCommand(COPY, { cwd })).code).toBe(0)
    expect((await runCommand(VERIFY, { cwd })).code).toBe(0)
  })

  test('a place that is not there fails the command, and is no empty place', async () => {
    const places = { from: await engines.SQLite(), to: await engines.SQLite() }
    const typo = await engines.SQLite()
    await profilesToCopy(places)
    const cwd = await writeProfiles({ ...places, typo })
    for (const command of ['copy', 'verify']) {
      const first = await runCommand([command, 'typo', 'to'], { cwd })
      expect(first.code).toBe(1)
      expect(first.stderr).toContain('the first profile has no tables in')
      const second = await runCommand([command, 'from', 'typo'], { cwd })
      expect(second.code).toBe(1)
      expect(second.stderr).toContain('the second profile has no tables in')
    }
  })

  test('the place itself is no target, and an error names the profile and the place', async () => {
    const from = await engines.SQLite()
    const none = { ...from, dsn: 'postgres://ann@127.0.0.1:1/none' }
    const cwd = await writeProfiles({ from, same: from, none })
    await runCommand(['migrate', '--profile', 'from'], { cwd })
    const same = await runCommand(['copy', 'from', 'same'], { cwd })
    expect(same.code).toBe(2)
    expect(same.stderr).toContain('FROM and TO are the same place')
    const unreached = await runCommand(['copy', 'from', 'none'], { cwd })
    expect(unreached.code).toBe(1)
    expect(unreached.stderr).toContain('harborage copy: profile none, postgres: Postgres cannot be')
    const migrated = await runCommand(['migrate', '--profile', 'none'], { cwd })
    expect(migrated.stderr).toContain('profile none, postgres: Postgres cannot be')
  })

  test('a store that only the second place has is compared, too', async () => {
    const [from, to] = [await engines.SQLite(), await engines.SQLite()]
    const cwd = await writeProfiles({ from, to })
    await save(from, 'shared')
    expect((await runCommand(['migrate', '--profile', 'to'], { cwd })).code).toBe(0)
    expect((await runCommand(COPY, { cwd })).code).toBe(0)
    expect((await runCommand(VERIFY, { cwd })).code).toBe(0)
    await appendMany(to, 1)
    const { code, stdout } = await runCommand(VERIFY, { cwd })
    expect(code).toBe(3)
    // The head of the stream and its entry.
    expect(jsonLinesOf({ stdout }).map(({ store, difference }) => [store, difference])).toEqual([
      ['journal', 'extra'],
      ['journal', 'extra'],
      [undefined, undefined],
    ])
  })

  test('records of the tenant harborage.copy are copied, and a refused copy keeps them', async () => {
    const places = {
      from: await engines.SQLite(),
      to: await engines.SQLite(),
      full: await engines.SQLite(),
    }
    const cwd = await profilesToCopy(places)
    const theirs = { ...session, tenantId: 'harborage.copy' }
    await save(places.from, 'theirs', theirs)
    await save(places.full, 'theirs', theirs)
    expect((await runCommand(['copy', 'from', 'full'], { cwd })).code).toBe(1)
    expect((await runCommand(COPY, { cwd })).code).toBe(0)
    for (const place of [places.full, places.to]) {
      await using database = await place.open()
      await using state = await openStateStore({ database })
      expect(await state.load(theirs, 'theirs')).toBeDefined()
    }
  })

  test('a target that holds something, and that of another copy, are left alone', async () => {
    const places = {
      from: await engines.SQLite(),
      to: await engines.SQLite(),
      other: await engines.SQLite(),
    }
    const cwd = await profilesToCopy(places)
    await save(places.to, 'mine')
    const refused = await runCommand(COPY, { cwd })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('the target holds something')
    const listed = await runCommand(['ls', '--profile', 'to', '--json'], { cwd })
    expect(listed.stdout).not.toContain('harborage.copy')
    expect((await stoppedAt('state', ['copy', 'from', 'other'], cwd)).code).toBe(130)
    const another = await runCommand(['copy', 'to', 'other'], { cwd })
    expect(another.code).toBe(1)
    expect(another.stderr).toContain('another source')
    const unfinished = await runCommand(['copy', 'other', 'to'], { cwd })
    expect(unfinished.stderr).toContain('a copy that has not ended')
  })

  test('Ctrl-C ends it with 130, says that it is not complete, and the same command finishes', async () => {
    const places = { from: await engines.SQLite(), to: await engines.SQLite() }
    const cwd = await profilesToCopy(places)
    const stopped = await stoppedAt('artifacts', COPY, cwd)
    expect(stopped.code).toBe(130)
    expect(stopped.stderr).toContain('The same command goes on with it')
    expect((await runCommand(COPY, { cwd })).code).toBe(0)
    expect((await runCommand(VERIFY, { cwd })).code).toBe(0)
  })

  test('stopped after some passages, it goes on with the others', async () => {
    const places = { from: await engines.SQLite(), to: await engines.SQLite() }
    const cwd = await profilesToCopy(places)
    expect((await stoppedAt('passages', COPY, cwd)).code).toBe(130)
    const there = await runCommand([...COPY, '--json'], { cwd })
    expect(there.code).toBe(0)
    expect((await runCommand(VERIFY, { cwd })).code).toBe(0)
  })

  test('two copies into one target are kept apart', async () => {
    const places = { from: await engines.SQLite(), to: await engines.SQLite() }
    const cwd = await profilesToCopy(places)
    await using database = await places.to.open()
    await using state = await openStateStore({ database })
    const owner = tenantOwner({ tenantId: 'harborage.copy' })
    const lease = await state.lease(owner, 'copy.lease', { ttlMs: 60_000 })
    const { code, stderr } = await runCommand(COPY, { cwd })
    expect(code).toBe(6)
    expect(stderr).toContain('another copy into this target is at work')
    await lease?.release()
    expect((await runCommand(COPY, { cwd })).code).toBe(0)
  })

  test('run again once all was copied, it says so, until one of the places is changed', async () => {
    const places = { from: await engines.SQLite(), to: await engines.Postgres() }
    const cwd = await profilesToCopy(places)
    expect((await runCommand(COPY, { cwd })).code).toBe(0)
    const again = await runCommand(COPY, { cwd })
    expect(again.code).toBe(0)
    expect(again.stderr).toContain('all was copied before: 14 records are the same in both places')
    const listed = await runCommand(['ls', '--profile', 'to', '--json'], { cwd })
    expect(listed.stdout).not.toContain('harborage.copy')
    await save(places.from, 'late')
    const changed = await runCommand(COPY, { cwd })
    expect(changed.code).toBe(1)
    expect(changed.stderr).toContain('or one of them was changed since it was copied')
    await save(places.to, 'late')
    expect((await runCommand(COPY, { cwd })).code).toBe(1)
  })
})

/** Stops a command once it has copied a store. */
async function stoppedAt(store: string, args: readonly string[], cwd: string) {
  const controller = new AbortController()
  const { signal } = controller
  const onPrinted = (text: string): void => {
    if (text.includes(store)) controller.abort(new Stopped('SIGINT'))
  }
  return runCommand(args, { cwd, signal, onPrinted })
}

async function save(at: TestPlace, kind: string, identity = session): Promise<void> {
  await using database = await at.open()
  await using state = await openStateStore({ database })
  const bytes = Buffer.from(kind)
  await state.save({ eventId: newEventId(), identity, kind, bytes })
}

async function putText(at: TestPlace, text: string, scope = session): Promise<void> {
  await using database = await at.open()
  await using artifacts = await openArtifactStore({ database })
  await artifacts.putText({ ...scope, taskId: 't2' }, text)
}

async function appendMany(at: TestPlace, count: number): Promise<void> {
  await using database = await at.open()
  await using journal = await openJournalStore({ database })
  for (let left = count; left > 0; left -= 500) {
    const entries = Array.from({ length: Math.min(left, 500) }, () => ({
      entryId: newEventId(),
      bytes: Buffer.from('an entry'),
    }))
    await journal.append(run, 'many', entries)
  }
}
