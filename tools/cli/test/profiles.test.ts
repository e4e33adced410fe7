import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { describe, expect, test } from 'vitest'
import { jsonLinesOf, runCommand } from './support/run-command.ts'

async function folderWith(config: unknown): Promise<string> {
  const folder = await temporaryFolder()
  const text = typeof config === 'string' ? config : JSON.stringify(config)
  await writeFile(join(folder, 'harborage.config.json'), text)
  return folder
}

/** Returns the places and the stores that `status` shows. */
async function placesOf(
  args: readonly string[],
  options: Parameters<typeof runCommand>[1],
): Promise<readonly string[]> {
  const lines = jsonLinesOf(await runCommand(['status', '--json', ...args], options))
  return lines
    .filter(({ type }) => type === 'place' || type === 'store')
    .map(({ type, place, store }) => (type === 'place' ? String(place) : `- ${String(store)}`))
}

const stores = ['- state', '- artifacts', '- memory', '- journal']

test('a file above names the places, and its paths are read from its own folder', async () => {
  const folder = await folderWith({ profiles: { default: { database: 'sqlite:./agent.db' } } })
  const cwd = join(folder, 'below')
  await mkdir(cwd)
  expect(await placesOf([], { cwd })).toEqual([`sqlite ${folder}/agent.db`, ...stores])
})

test('a store may have a place of its own, or be none of the profile', async () => {
  const cwd = await folderWith({
    profiles: {
      some: {
        database: { env: 'AGENT_DB' },
        journal: { database: 'sqlite:./journal.db' },
        artifacts: 'fs:./artifacts',
        memory: false,
      },
    },
  })
  await mkdir(join(cwd, 'artifacts'))
  expect(await placesOf([], { cwd, env: { AGENT_DB: 'sqlite:agent.db' } })).toEqual([
    `sqlite ${cwd}/agent.db`,
    '- state',
    `folder ${cwd}/artifacts`,
    '- artifacts',
    `sqlite ${cwd}/journal.db`,
    '- journal',
  ])
})

test('an option comes before a variable, and that before the file', async () => {
  const cwd = await folderWith({ profiles: { default: { database: 'sqlite:./file.db' } } })
  const env = { HARBORAGE_DATABASE: 'sqlite:./variable.db' }
  const [ofFile] = await placesOf([], { cwd })
  const [ofVariable] = await placesOf([], { cwd, env })
  const [ofOption] = await placesOf(['--database', 'sqlite:./option.db'], { cwd, env })
  expect([ofFile, ofVariable, ofOption]).toEqual([
    `sqlite ${cwd}/file.db`,
    `sqlite ${cwd}/variable.db`,
    `sqlite ${cwd}/option.db`,
  ])
})

test('of several profiles one is chosen by its name', async () => {
  const cwd = await folderWith({
    profiles: { one: { database: 'sqlite:./1.db' }, two: { database: 'sqlite:./2.db' } },
  })
  const { code, stderr } = await runCommand(['status'], { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('one, two')
  expect(await placesOf(['-p', 'two'], { cwd })).toEqual([`sqlite ${cwd}/2.db`, ...stores])
  const env = { HARBORAGE_PROFILE: 'one' }
  expect(await placesOf([], { cwd, env })).toEqual([`sqlite ${cwd}/1.db`, ...stores])
})

describe('a file that is not valid is refused, and no value of it is quoted', () => {
  test.each([
    ['no JSON', '{"profiles":{"secret"'],
    ['another name', { profiles: { default: { databse: 'postgres://ann:secret@host/db' } } }],
    ['a DSN as a name', { profiles: { default: { 'postgres://ann:secret@host/db': 1 } } }],
    ['a number', { profiles: { default: { database: 7 } } }],
    ['no profiles', { database: 'postgres://ann:secret@host/db' }],
    ['a folder for slots', { profiles: { default: { state: 'fs:./secret' } } }],
    ['an empty profile', { profiles: { default: {} } }],
    ['a variable that is not set', { profiles: { default: { database: { env: 'NOT_SET' } } } }],
  ])('%s', async (_, config) => {
    const { code, stdout, stderr } = await runCommand(['status'], { cwd: await folderWith(config) })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^harborage status: ./)
    expect(stderr).not.toContain('secret')
  })
})

test('the name that is wrong in a file is named, with its place', async () => {
  const config = { profiles: { default: { databse: 'sqlite:./agent.db' } } }
  const { code, stderr } = await runCommand(['status'], { cwd: await folderWith(config) })
  expect(code).toBe(2)
  expect(stderr).toContain('(profiles.default: Unrecognized key: "databse")')
})

describe('no password is printed', () => {
  test.each([
    ['a server that does not answer', 'postgres://ann:secret@127.0.0.1:1/agents'],
    ['a DSN that cannot be parsed', 'postgres://ann:sec?ret@ho st:x/agents'],
    ['an unknown option', 'postgres://ann@127.0.0.1:1/agents?pass=secret'],
  ])('of %s', async (_, dsn) => {
    for (const command of ['status', 'doctor', 'ls', 'usage', 'migrate']) {
      const env = { HARBORAGE_DATABASE: dsn }
      const plain = await runCommand([command], { env })
      const json = await runCommand([command, '--json'], { env })
      expect(plain.code).toBeGreaterThan(0)
      for (const { stdout, stderr } of [plain, json]) {
        expect(stdout + stderr).not.toMatch(/secret|sec\?ret/)
        expect(stdout + stderr).not.toContain(dsn)
      }
    }
  })
})
