import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { expect, test } from 'vitest'
import { engines, fill } from './support/filled-stores.ts'
import { jsonLinesOf, runCommand } from './support/run-command.ts'
import { startSharingPooler } from './support/sharing-pooler.ts'

const CURE = 'here --no-prepared-statements, or "preparedStatements": false in the profile'

test('behind a pooler that cannot share named statements, the error and doctor name the cure', async () => {
  const at = await behindPooler()
  const { code, stderr } = await runCommand(['usage'], at)
  expect(code).toBe(1)
  expect(stderr).toContain(CURE)
  const found = await runCommand(['doctor', '--json'], at)
  expect(found.code).toBe(3)
  const messages = jsonLinesOf(found).map(({ message }) => String(message))
  expect(messages.some((message) => message.includes(CURE))).toBe(true)
})

test('commands work there with the option, the variable, the profile or that of a store', async () => {
  const at = await behindPooler()
  const dsn = at.env.HARBORAGE_DATABASE
  const profile = { database: dsn, preparedStatements: false }
  const ofStores = { state: profile, artifacts: profile, memory: profile, journal: profile }
  const cwd = await temporaryFolder()
  const profiles = { whole: profile, each: ofStores }
  await writeFile(join(cwd, 'harborage.config.json'), JSON.stringify({ profiles }))
  for (const [args, options] of [
    [['--no-prepared-statements'], at],
    [[], { env: { ...at.env, HARBORAGE_PREPARED_STATEMENTS: 'false' } }],
    [['-p', 'whole'], { cwd }],
    [['-p', 'each'], { cwd }],
  ] as const) {
    const { code, stdout, stderr } = await runCommand(['usage', ...args], options)
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
    expect(stdout).toContain('journal')
  }
  expect(await runCommand(['doctor', '--no-prepared-statements'], at)).toMatchObject({ code: 0 })
  const pruning = ['prune', '--keep-latest', '1', '--all-kinds', '--no-prepared-statements']
  expect(await runCommand(pruning, at)).toMatchObject({ code: 0, stderr: '' })
})

test('copy and verify use the option and the variable at both ends', async () => {
  const [from, to] = [await behindPooler(), await engines.Postgres()]
  const profiles = {
    from: { database: from.env.HARBORAGE_DATABASE },
    to: { database: await startSharingPooler(to.dsn) },
  }
  const file = join(await temporaryFolder(), 'other.json')
  await writeFile(file, JSON.stringify({ profiles }))
  const args = ['from', 'to', '--config', file, '--no-prepared-statements']
  expect((await runCommand(['migrate', '-p', ...args.slice(1)])).code).toBe(0)
  const refused = await runCommand(['copy', ...args.slice(0, -1)])
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain(CURE)
  expect((await runCommand(['copy', ...args])).code).toBe(0)
  const env = { HARBORAGE_PREPARED_STATEMENTS: 'false' }
  expect((await runCommand(['verify', ...args.slice(0, -1)], { env })).code).toBe(0)
})

test('a variable that is neither true nor false is refused', async () => {
  const at = await engines.SQLite()
  const env = { ...at.env, HARBORAGE_PREPARED_STATEMENTS: 'no' }
  const { code, stderr } = await runCommand(['status'], { env })
  expect(code).toBe(2)
  expect(stderr).toContain('HARBORAGE_PREPARED_STATEMENTS is neither true nor false')
})

async function behindPooler() {
  const at = await engines.Postgres()
  await fill(at)
  return { env: { HARBORAGE_DATABASE: await startSharingPooler(at.dsn) } }
}
