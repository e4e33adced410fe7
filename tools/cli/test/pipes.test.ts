import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { newEventId } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { expect, test } from 'vitest'
import { engines, fill, ofRun, run } from './support/filled-stores.ts'

const bin = join(import.meta.dirname, '../src/bin.ts')

test('a command ends when its output is no longer read', async () => {
  const at = await engines.SQLite()
  await fill(at)
  {
    await using database = await at.open()
    await using journal = await openJournalStore({ database })
    const bytes = Buffer.alloc(100_000, '1')
    const entries = Array.from({ length: 100 }, () => ({ entryId: newEventId(), bytes }))
    await journal.append(run, 'events', entries)
  }
  const child = spawn(
    process.execPath,
    [bin, 'show', 'stream', 'events', '--limit', '1000', ...ofRun],
    { env: { ...process.env, ...at.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  child.stderr.on('data', (data: Buffer) => (said += data.toString()))
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = (await once(child, 'exit')) as [number | null]
  expect({ code, said }).toEqual({ code: 141, said: '' })
})

test('SIGTERM ends it as Ctrl-C does, with the exit code of SIGTERM', async () => {
  const at = await engines.SQLite()
  await fill(at)
  const child = spawn(process.execPath, [bin, 'tail', 'events', ...ofRun], {
    env: { ...process.env, ...at.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  const [code] = (await once(child, 'exit')) as [number | null]
  expect(code).toBe(process.platform === 'win32' ? null : 143)
})
