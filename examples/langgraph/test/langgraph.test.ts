import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { temporaryFolder } from '@harborage/example-kit/temporary-folder'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { describe, expect, test } from 'vitest'
import { example, interruptAt } from './support/example-process.ts'

const DATABASE = /^ {2}database\s+sqlite:(.+)$/m

test.concurrent('the agent is killed, resumed, asked and forked, and leaves its database', async ({
  onTestFinished,
}) => {
  const { code, stdout, stderr } = await example()
  const [, file = ''] = DATABASE.exec(stdout) ?? []
  onTestFinished(() => rm(dirname(file), { recursive: true }))

  expect(stderr).toBe('')
  expect(stdout.match(/^Process \d+/gm)).toHaveLength(4)
  expect(stdout.match(/✓ ask_warehouse/g)).toHaveLength(1)
  expect(stdout).toMatch(/✓ ask_warehouse .+\n.+✗ kill -9/)
  expect(stdout).toContain('The thread order-4711  with 2 endings')
  expect(stdout.match(/^ {2}✓ .*(answered|was under way|endings)/gm)).toHaveLength(3)
  expect(stdout).toContain(`the data    sqlite:${file}`)
  // There is no terminal.
  expect(stdout).not.toMatch(/[\p{Control}--\n]/v)
  expect(code).toBe(0)

  const history = await example('--history', '--dsn', `sqlite:${file}`)
  expect(stdout).toContain(history.stdout.trim())
  expect(history.code).toBe(0)
})

test.concurrent('it runs on Postgres, and can be stopped with Ctrl-C', async ({
  onTestFinished,
}) => {
  const database = await createDatabase()
  onTestFinished(() => database.drop())
  const { code, stdout, stderr } = await example('--dsn', database.dsn)
  expect(stderr).toBe('')
  expect(stdout).toContain('The thread order-4711  with 2 endings')
  expect(stdout).not.toContain('on Postgres')
  const { password } = new URL(database.dsn)
  if (password !== '') expect(stdout).not.toContain(password)
  expect(code).toBe(0)

  const stopped = await interruptAt(/✓ read_order/, '--dsn', database.dsn)
  expect(stopped.stderr).toBe('')
  expect(stopped.stdout).toContain('Stopped. What was saved stays saved.')
  expect(stopped.code).toBe(130)

  const history = await example('--history', '--dsn', database.dsn)
  expect(history.stdout).toContain('The thread order-4711  with 2 endings')
  expect(history.stdout).toContain('human: My lamp, order 4712, arrived broken.')
})

describe('a clear word and exit code 2 for', () => {
  test.concurrent.for([
    { what: 'an unknown option', args: ['--fast'], message: "Unknown option '--fast'" },
    {
      what: 'a database that cannot be reached',
      args: ['--dsn', 'postgres://u:secret@127.0.0.1:1/d'],
      message: 'The database cannot be used: Postgres cannot be reached',
    },
  ])('$what', async ({ args, message }) => {
    const { code, stdout, stderr } = await example(...args)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('secret')
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  test.concurrent('the history of an empty database', async () => {
    await using folder = await temporaryFolder()
    const { code, stderr } = await example('--history', '--dsn', `sqlite:${folder.of('agent.db')}`)
    expect(stderr).toContain('The database holds no thread of this example')
    expect(code).toBe(2)
  })
})

test.concurrent('--help prints every option', async () => {
  const { code, stdout, stderr } = await example('--help')
  for (const option of ['dsn', 'history', 'help']) expect(stdout).toContain(`--${option}`)
  expect(stderr).toBe('')
  expect(code).toBe(0)
})
