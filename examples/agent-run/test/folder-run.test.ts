import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { demo, finished, startDemo } from './support/demo-process.ts'
import { SAMPLE_STEPS, sampleFiles } from './support/sample-files.ts'
import { measure } from '@harborage/test-kit/measure'
import { temporaryFolder } from '@harborage/example-kit/temporary-folder'

/** Each of them is a process more. */
const KILLS = measure({ quick: 2, full: 3 })
const DATABASE = /^ {2}database\s+sqlite:(.+)$/m

test.concurrent('a run with kills loses nothing, repeats nothing, reports how and what, and cleans up', async () => {
  await using folder = await temporaryFolder(sampleFiles)
  const { code, stdout, stderr } = await demo('--folder', folder.path, '--kills', String(KILLS))

  expect(stderr).toBe('')
  expect(stdout).toContain(`7 text files: 4 sessions, ${SAMPLE_STEPS} steps`)
  expect(stdout.match(/worker \d killed/g)).toHaveLength(KILLS)
  expect(stdout).toContain(
    `✓ no step was lost: ${SAMPLE_STEPS} planned steps are stored, each under its planned event id`,
  )
  expect(stdout).toContain(`✓ no step was applied twice: the costs count ${SAMPLE_STEPS}`)
  expect(stdout).toContain(`✓ the results are right: ${SAMPLE_STEPS} computed anew`)
  expect(stdout).toContain(`Nothing was lost and nothing was done twice through ${KILLS} kills.`)
  expect(stdout).toMatch(/count_words +7 +18 lines and 56 words$/m)
  expect(stdout).toMatch(/find_marks +7 +2 marks such as TODO in 2 files$/m)
  expect(stdout).toMatch(/list_headings +1 +2 headings$/m)
  expect(stdout).toMatch(/list_imports +3 +node:crypto 1×$/m)
  expect(stdout).toContain('The same code runs on Postgres: add --dsn')
  expect(stdout).not.toContain('✗')
  // There is no terminal.
  expect(stdout).not.toMatch(/[\p{Control}--\n]/v)
  const [, database = ''] = DATABASE.exec(stdout) ?? []
  await expect(access(dirname(database))).rejects.toThrow('ENOENT')
  expect(code).toBe(0)
})

test.concurrent('a folder larger than the limit is sampled, and --keep leaves the database', async () => {
  await using folder = await temporaryFolder(sampleFiles)
  const { stdout } = await demo(
    ...['--folder', folder.path, '--kills', '0', '--limit', '3', '--keep'],
  )
  expect(stdout).toContain('3 of 7 text files, spread evenly')
  const [, database = ''] = DATABASE.exec(stdout) ?? []
  expect(stdout).toContain(`The database is kept: sqlite:${database}`)
  await rm(dirname(database), { recursive: true })
})

test.concurrent('Ctrl-C stops the worker, and the next run goes on from there', async () => {
  await using folder = await temporaryFolder(sampleFiles)
  await using place = await temporaryFolder()
  const args = ['--folder', folder.path, '--dsn', `sqlite:${place.of('agent.db')}`]

  const child = startDemo(...args, '--kills', '20')
  if (child.stdout === null) throw new Error('the demo was started without pipes')
  const ending = finished(child)
  for await (const line of createInterface({ input: child.stdout })) {
    if (/worker 2 killed/.test(line)) child.kill('SIGINT')
  }
  const stopped = await ending
  expect(stopped.stdout).toContain('Stopped. What was saved stays saved.')
  expect(stopped.stdout).toContain(`demo --folder ${folder.path} --dsn sqlite:`)
  expect(stopped.code).toBe(130)

  const { code, stdout } = await demo(...args, '--kills', '0')
  expect(stdout).toMatch(/The database holds a part of this run: \d+ of 40 steps are done\./)
  expect(stdout).toContain('✓ no step was applied twice')
  expect(code).toBe(0)
})

test.concurrent('a finished run is only checked again, even if files have changed, and starts over with --again', async () => {
  await using folder = await temporaryFolder(sampleFiles)
  await using place = await temporaryFolder()
  const args = ['--folder', folder.path, '--dsn', `sqlite:${place.of('agent.db')}`]
  await demo(...args, '--kills', '0')
  await writeFile(folder.of('notes/monday.txt'), 'no wind\n')

  const checked = await demo(...args)
  expect(checked.stdout).toContain('holds this run already, finished: it is only checked')
  expect(checked.stdout).toContain('(the input of 6 more steps has changed since)')
  expect(checked.stdout).not.toContain('--seed')
  expect(checked.code).toBe(0)

  const again = await demo(...args, '--kills', '0', '--again')
  expect(again.stdout).not.toContain('it is only checked')
  expect(again.stdout).toContain('✓ no step was lost')
  expect(again.code).toBe(0)
})

test.concurrent('a reader that leaves early, as head does, ends the run and leaves nothing', async () => {
  await using folder = await temporaryFolder(sampleFiles)
  const child = startDemo('--folder', folder.path, '--kills', '20')
  const exit = once(child, 'exit')
  const database = await readDatabase(child)
  child.stdout?.destroy()
  await exit
  expect(child.exitCode).toBe(130)
  await expect(access(dirname(database))).rejects.toThrow('ENOENT')
})

async function readDatabase({ stdout }: ChildProcess): Promise<string> {
  let heading = ''
  for await (const text of stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    heading += String(text)
    const [, database] = DATABASE.exec(heading) ?? []
    if (database !== undefined) return database
  }
  throw new Error('the demo named no database')
}
