import { shareOf } from '@harborage/test-kit/measure'
import { describe, expect, test } from 'vitest'
import { demo } from './support/demo-process.ts'
import { recordedRuns } from './support/sample-transcripts.ts'
import { temporaryFolder } from '@harborage/example-kit/temporary-folder'

interface BadCall {
  readonly what: string
  /** `@` stands for the folder of the test. */
  readonly args: readonly string[]
  readonly message: string
}

const files = {
  'ok/a.txt': 'a',
  'empty/.keep': '',
  'binary/a.bin': new Uint8Array([1, 0, 2]),
  'broken.json': '[{',
  'object.json': '{}',
  'number.json': '7',
  'none.json': '[]',
  'no-role.json': '[{ "content": "x" }]',
  'half-run.json': '[{ "traj": [] }]',
  'same-runs.json': JSON.stringify([...recordedRuns(1), ...recordedRuns(1)]),
}

const calls: readonly BadCall[] = [
  { what: 'an unknown option', args: ['--speed', '9'], message: "Unknown option '--speed'" },
  { what: 'an argument too many', args: ['here'], message: "Unexpected argument 'here'" },
  { what: 'an option without its value', args: ['--kills'], message: "'--kills <value>' argument" },
  {
    what: 'an option whose value is another option',
    args: ['--folder', '--kills', '3'],
    message: '--folder needs a value after it.',
  },
  { what: 'kills below none', args: ['--kills', '-1'], message: 'from 0 to 100, and not "-1"' },
  { what: 'kills in words', args: ['--kills', 'few'], message: '--kills takes a whole number' },
  { what: 'half a kill', args: ['--kills', '1.5'], message: '--kills takes a whole number' },
  { what: 'too many kills', args: ['--kills', '101'], message: 'from 0 to 100, and not "101"' },
  { what: 'a limit of nothing', args: ['--limit', '0'], message: '--limit takes a whole number' },
  { what: 'a negative seed', args: ['--seed=-1'], message: '--seed takes a whole number from 0' },
  { what: 'a missing folder', args: ['--folder', '@/no'], message: 'There is no folder' },
  { what: 'a file as a folder', args: ['--folder', '@/ok/a.txt'], message: 'is not a folder' },
  { what: 'an empty folder', args: ['--folder', '@/empty'], message: 'There is no text file' },
  { what: 'only binary files', args: ['--folder', '@/binary'], message: 'There is no text file' },
  { what: 'an empty name', args: ['--folder', ''], message: '--folder needs a name after it.' },
  {
    what: 'two kinds of work',
    args: ['--folder', '@/ok', '--transcript', '@/none.json'],
    message: 'Give either --folder or --transcript, not both.',
  },
  { what: 'a missing transcript', args: ['--transcript', '@/no'], message: 'no such file' },
  { what: 'a folder as transcript', args: ['--transcript', '@/ok'], message: 'cannot be read' },
  { what: 'broken JSON', args: ['--transcript', '@/broken.json'], message: 'is not valid JSON' },
  {
    what: 'an object without messages',
    args: ['--transcript', '@/object.json'],
    message: 'is malformed at messages',
  },
  { what: 'a number', args: ['--transcript', '@/number.json'], message: 'malformed at its top' },
  { what: 'no messages', args: ['--transcript', '@/none.json'], message: 'holds no messages' },
  {
    what: 'a message without a role',
    args: ['--transcript', '@/no-role.json'],
    message: 'is malformed at 0.role',
  },
  {
    what: 'a run that lacks its names',
    args: ['--transcript', '@/half-run.json'],
    message: 'is malformed at 0.task_id',
  },
  {
    what: 'two runs of one name',
    args: ['--transcript', '@/same-runs.json'],
    message: 'holds two runs that are task-0-trial-0',
  },
  {
    what: 'a database in memory',
    args: ['--folder', '@/ok', '--dsn', 'sqlite::memory:'],
    message: 'A database in memory dies with its process',
  },
  {
    what: 'an unknown kind of database',
    args: ['--folder', '@/ok', '--dsn', 'mysql://h/d'],
    message: 'no driver is registered for the DSN scheme "mysql:"',
  },
  {
    what: 'a file that is no database',
    args: ['--folder', '@/ok', '--dsn', 'sqlite:@/broken.json'],
    message: 'The database cannot be used: ',
  },
  {
    what: 'a database that cannot be reached',
    args: ['--folder', '@/ok', '--dsn', 'postgres://u:secret@127.0.0.1:1/d'],
    message: 'The database cannot be used: Postgres cannot be reached',
  },
]

describe('a clear word, exit code 2 and nothing else for', () => {
  // Each starts a process.
  test.concurrent.for(shareOf(calls, { of: 3, part: 1 }))('$what', async ({ args, message }) => {
    await using folder = await temporaryFolder(files)
    const { code, stdout, stderr } = await demo(
      ...args.map((arg) => arg.replaceAll('@/', `${folder.path}/`)),
    )
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2)
    expect(stderr).not.toContain('secret')
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})

test.concurrent('--help prints every option', async () => {
  const { code, stdout, stderr } = await demo('--help')
  const options = ['folder', 'transcript', 'limit', 'kills', 'seed', 'dsn', 'keep', 'again', 'help']
  for (const option of options) expect(stdout).toContain(`--${option}`)
  expect(stderr).toBe('')
  expect(code).toBe(0)
})
