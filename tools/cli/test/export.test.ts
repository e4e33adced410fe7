import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newEventId } from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { describe, expect, test } from 'vitest'
import { Stopped } from '../src/stopped.ts'
import { empty, exported, filled, linesOf, OF_TENANT, recordsOf, save } from './support/exports.ts'
import { engines, ofRun, run, type TestPlace } from './support/filled-stores.ts'
import { jsonLinesOf, runCommand } from './support/run-command.ts'
import { runOnTerminal } from './support/run-on-terminal.ts'

describe.each([
  ['SQLite', 'Postgres'],
  ['Postgres', 'SQLite'],
] as const)('from %s to %s', (from, to) => {
  test('a tenant is exported and imported with all of its records', async () => {
    const [source, target] = [await filled(from), await empty(to)]
    const file = join(await temporaryFolder(), 'acme.jsonl')
    const written = await runCommand([...OF_TENANT, '--out', file, '--json'], source)
    expect(written.code).toBe(0)
    expect(jsonLinesOf(written)).toMatchObject([
      {
        type: 'exported',
        file,
        records: { state: 5, artifacts: 1, memory: 1, passages: 1, journal: 4 },
      },
    ])
    const imported = await runCommand(['import', file, '-t', 'acme', '--json'], target)
    expect(imported).toMatchObject({ code: 0, stderr: '' })
    expect(jsonLinesOf(imported)).toMatchObject([{ type: 'imported', loaded: 12, unchanged: 0 }])
    expect(recordsOf((await exported(target)).stdout)).toEqual(
      recordsOf(await readFile(file, 'utf8')),
    )
    const again = await runCommand(['import', file, '-t', 'acme'], target)
    expect(again).toMatchObject({
      code: 0,
      stdout: '0 records imported, 12 records there already\n',
    })
  })

  test('a stream keeps its expiry, which show says', async () => {
    const [source, target] = [await filled(from), await empty(to)]
    const expiresAt = new Date('2999-12-31T00:00:00Z')
    await inJournal(source, (journal) =>
      journal.append(run, 'draft', [{ entryId: newEventId(), bytes: Buffer.from('x') }], {
        expiresAt,
      }),
    )
    const file = join(await temporaryFolder(), 'acme.jsonl')
    await runCommand([...OF_TENANT, '--out', file], source)
    const imported = await runCommand(['import', file, '-t', 'acme'], target)
    expect(imported).toMatchObject({ code: 0, stderr: '' })
    const head = await inJournal(target, (journal) => journal.head(run, 'draft'))
    expect(head?.expiresAt).toEqual(expiresAt)
    const shown = await runCommand(['show', 'stream', 'draft', ...ofRun], target)
    expect(shown.stdout).toMatch(/^expires +2999-12-31 00:00:00Z$/m)
    const listed = await runCommand(['ls', ...ofRun, '--json'], target)
    expect(jsonLinesOf(listed)).toContainEqual(
      expect.objectContaining({ stream: 'draft', expiresAt: expiresAt.toJSON() }),
    )
  })
})

describe('export', () => {
  test('has a header, the records of the selection alone, and an end with counts', async () => {
    const at = await filled('SQLite')
    const { code, stdout, stderr } = await runCommand(['export', ...ofRun], at)
    expect(code).toBe(0)
    expect(stderr).toMatch(/^exported 5 records, [\d.]+ KiB\n$/)
    const lines = linesOf(stdout)
    expect(lines[0]).toMatchObject({
      format: 'harborage.export',
      v: 1,
      of: { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' },
    })
    expect(lines[1]).toMatchObject({ store: 'state', record: { kind: 'task.checkpoint' } })
    expect(lines.at(-1)).toMatchObject({ end: true, records: { state: 1, journal: 4 } })
    expect(stdout).not.toContain('globex')
  })

  test('a file is only for its owner, and replaces another one only by --force', async () => {
    const at = await filled('SQLite')
    const folder = await temporaryFolder()
    const file = join(folder, 'acme.jsonl')
    expect((await runCommand([...OF_TENANT, '-o', file], at)).code).toBe(0)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const first = await readFile(file, 'utf8')
    const refused = await runCommand(['export', '-t', 'globex', '-o', file], at)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('exists: name a new file, or replace it with --force')
    expect(await readFile(file, 'utf8')).toBe(first)
    expect((await runCommand(['export', '-t', 'globex', '-o', file, '--force'], at)).code).toBe(0)
    expect(await readFile(file, 'utf8')).toContain('globex')
    expect(await readdir(folder)).toEqual(['acme.jsonl'])
  })

  test('a place that cannot be written fails it', async () => {
    const at = await filled('SQLite')
    const { code, stderr } = await runCommand([...OF_TENANT, '-o', '/none/acme.jsonl'], at)
    expect(code).toBe(1)
    expect(stderr).toContain('cannot be written (ENOENT)')
  })

  test('of nothing exits 4', async () => {
    const at = await filled('SQLite')
    expect((await runCommand(['export', '-t', 'nemo'], at)).code).toBe(4)
  })

  test('Ctrl-C in the middle leaves no file', async () => {
    const at = await filled('SQLite')
    const folder = await temporaryFolder()
    const signal = AbortSignal.abort(new Stopped('SIGINT'))
    const args = [...OF_TENANT, '-o', join(folder, 'acme.jsonl')]
    const { code, stderr } = await runCommand(args, { ...at, signal })
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: 'stopped: no file was written. The same command begins again.\n',
    })
    expect(await readdir(folder)).toEqual([])
  })

  test.runIf(process.platform !== 'win32')('is not written to a terminal', async () => {
    const at = await filled('SQLite')
    const { code, text } = await runOnTerminal(OF_TENANT, at).ended()
    expect(code).toBe(2)
    expect(text).toContain('name a file with --out')
  })

  test('of hostile names drives no terminal, and is imported as it was', async () => {
    const at = await empty('SQLite')
    const kind = 'a\u001b[2J\u0085\u202e\u2028"\\'
    await save(at, kind)
    const { stdout } = await exported(at)
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/)
    const target = await empty('SQLite')
    const imported = await runCommand(['import', '-t', 'acme'], { ...target, stdin: stdout })
    expect(imported.code).toBe(0)
    expect(recordsOf((await exported(target)).stdout)).toEqual(recordsOf(stdout))
  })
})

describe('import', () => {
  test('names its tenant: the same users come under another one, beside the first', async () => {
    const at = await filled('SQLite')
    const { stdout } = await exported(at)
    const imported = await runCommand(['import', '-t', 'copy'], { ...at, stdin: stdout })
    expect(imported).toMatchObject({ code: 0, stdout: '12 records imported\n' })
    const copy = await runCommand(['export', '-t', 'copy'], at)
    expect(recordsOf(copy.stdout)).toEqual(
      recordsOf(stdout.replaceAll('"tenantId":"acme"', '"tenantId":"copy"')),
    )
    expect((await runCommand(['import'], { ...at, stdin: stdout })).code).toBe(2)
  })

  test('artifacts in a folder are exported and imported', async () => {
    const artifacts = `fs:${join(await temporaryFolder(), 'artifacts')}`
    const source = await filled('SQLite')
    const { stdout } = await exported(source)
    const target = await engines.SQLite()
    const env = { ...target.env, HARBORAGE_ARTIFACTS: artifacts }
    expect((await runCommand(['migrate'], { env })).code).toBe(0)
    expect((await runCommand(['import', '-t', 'acme'], { env, stdin: stdout })).code).toBe(0)
    const back = await runCommand(OF_TENANT, { env })
    expect(recordsOf(back.stdout)).toEqual(recordsOf(stdout))
  })

  test.each<[string, number, (lines: string[]) => readonly string[]]>([
    ['another header', 1, ([, ...rest]) => ['{"format":"other"}', ...rest]],
    ['a newer version', 1, ([head = '', ...rest]) => [head.replace('"v":1', '"v":2'), ...rest]],
    ['a line that is no JSON', 3, (lines) => lines.with(2, '{"store":')],
    ['a line that is no record', 3, (lines) => lines.with(2, '[]')],
    ['a deep line', 3, (lines) => lines.with(2, '['.repeat(100_000) + ']'.repeat(100_000))],
    ['an unknown store', 2, (lines) => lines.with(1, '{"store":"other","record":{}}')],
    ['an unknown field', 2, (lines) => lines.with(1, '{"store":"state","record":{},"more":1}')],
    ['a record of another tenant', 2, (lines) => lines.with(1, ofGlobex(lines[1] ?? ''))],
    ['a record of an owner that is none', 2, (lines) => lines.with(1, NO_OWNER)],
    [
      'a changed record',
      14,
      (lines) => lines.with(1, (lines[1] ?? '').replace('"version":0', '"version":1')),
    ],
    ['a record that is doubled', 15, (lines) => lines.toSpliced(2, 0, lines[2] ?? '')],
    ['a record that is missing', 13, (lines) => lines.toSpliced(2, 1)],
    ['no end', 14, (lines) => lines.slice(0, -1)],
    ['a line after the end', 15, (lines) => [...lines, '{}']],
    ['nothing at all', 1, () => []],
  ])(
    'a file with %s is refused with its line, and nothing is imported',
    async (_, line, change) => {
      const { stdout } = await exported(await filled('SQLite'))
      const changed = change(stdout.trimEnd().split('\n'))
      const target = await empty('SQLite')
      const file = join(await temporaryFolder(), 'file.jsonl')
      await writeFile(file, changed.map((each) => `${each}\n`).join(''))
      const { code, stderr } = await runCommand(['import', file, '-t', 'acme'], target)
      expect(code).toBe(1)
      expect(stderr).toMatch(new RegExp(`^nothing was imported\n.*line ${line}\\b`))
      expect(stderr).not.toContain('globex')
      expect((await runCommand(OF_TENANT, target)).code).toBe(4)
    },
  )

  test('a file that was cut off anywhere is refused, and nothing is imported', async () => {
    const { stdout } = await exported(await filled('SQLite'))
    const target = await empty('SQLite')
    const folder = await temporaryFolder()
    for (const share of [0.1, 0.5, 0.9, 1 - 1 / stdout.length]) {
      const file = join(folder, `${share}.jsonl`)
      await writeFile(file, stdout.slice(0, Math.floor(stdout.length * share)))
      const { code, stderr } = await runCommand(['import', file, '-t', 'acme'], target)
      expect(code).toBe(1)
      expect(stderr).toContain('before its end')
    }
    expect((await runCommand(OF_TENANT, target)).code).toBe(4)
  })

  test('a pipe that ends early says what was imported, and the same command goes on', async () => {
    const { stdout } = await exported(await filled('SQLite'))
    const target = await empty('SQLite')
    const part = stdout.split('\n').slice(0, 8).join('\n')
    const first = await runCommand(['import', '-t', 'acme'], { ...target, stdin: `${part}\n` })
    expect(first.code).toBe(1)
    expect(first.stderr).toContain('6 records imported, 0 records there already, and what follows')
    expect(first.stderr).toContain('it ends in line 9')
    const whole = await runCommand(['import', '-t', 'acme'], { ...target, stdin: stdout })
    expect(whole.stdout).toBe('6 records imported, 6 records there already\n')
  })

  test('a record that the store refuses and a place that is in use are named by their line', async () => {
    const source = await filled('SQLite')
    const lines = (await exported(source)).stdout.split('\n')
    const target = await empty('SQLite')
    const wrong = lines.with(3, (lines[3] ?? '').replace('"version":0', '"version":-1'))
    const refused = await runCommand(['import', '-t', 'acme'], {
      ...target,
      stdin: wrong.join('\n'),
    })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('line 4 is refused by the store (invalid_record)')
    await save(target, 'session.note')
    const conflict = await runCommand(['import', '-t', 'acme'], {
      ...target,
      stdin: lines.join('\n'),
    })
    expect(conflict.code).toBe(1)
    expect(conflict.stderr).toMatch(/line \d+: its place holds something else, which stays/)
  })

  test('a fault in the middle of a batch says which lines may be imported', async () => {
    const { stdout } = await exported(await filled('SQLite'))
    const target = await empty('SQLite')
    await save(target, 'session.note')
    const { code, stderr } = await runCommand(['import', '-t', 'acme'], {
      ...target,
      stdin: stdout,
    })
    expect(code).toBe(1)
    expect(stderr).toContain(
      'at least 0 records imported, 0 records there already; of the lines 2 to 6 some may be imported, and what follows is missing\n',
    )
    // Two slots came before the one whose place is in use.
    const there = recordsOf((await exported(target)).stdout)
    expect(there.length).toBeGreaterThan(1)
    expect(there).toContainEqual(recordsOf(stdout)[0])
  })

  test('a tenant that is malformed is a wrong option, and nothing is opened', async () => {
    const { stdout } = await exported(await filled('SQLite'))
    const env = { HARBORAGE_DATABASE: 'sqlite:/none/agent.db' }
    const long = 'x'.repeat(300)
    for (const args of [['import'], ['export'], ['erase', '--yes', long], ['ls'], ['usage']]) {
      const { code, stderr } = await runCommand([...args, '-t', long], { env, stdin: stdout })
      expect({ args, code }).toEqual({ args, code: 2 })
      expect(stderr).toContain('--tenant is too long: pass')
      expect(stderr).not.toContain('xxx')
    }
  })

  test('a store that the target lacks is named', async () => {
    const { stdout } = await exported(await filled('SQLite'))
    const target = await engines.SQLite()
    await save(target, 'first')
    const { code, stderr } = await runCommand(['import', '-t', 'other'], {
      ...target,
      stdin: stdout,
    })
    expect(code).toBe(1)
    expect(stderr).toContain('line 7 is of the artifacts store, which has no tables in the target')
  })
})

const NO_OWNER = '{"store":"state","record":{"identity":"acme"}}'

function ofGlobex(line: string): string {
  return line.replace('"tenantId":"acme"', '"tenantId":"globex"')
}

/** Resolves to what a call of the journal of a place does. */
async function inJournal<Result>(
  at: TestPlace,
  call: (journal: JournalStore) => Promise<Result>,
): Promise<Result> {
  await using database = await at.open()
  await using journal = await openJournalStore({ database })
  return await call(journal)
}
