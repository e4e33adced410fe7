import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import '../src/index.ts'
import { newEventId, parseEventId, type RunIdentity } from '@harborage/core'
import { openStateStore, registeredStateDrivers, type NewStateRecord } from '@harborage/state'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const identity: RunIdentity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

describe('the file of the JSON-lines driver', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-jsonl-'))
    path = join(folder, 'state.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const open = () => openStateStore({ dsn: `jsonl:${path}` })

  async function saveTwo(): Promise<readonly [NewStateRecord, NewStateRecord]> {
    await using store = await open()
    const records = [newRecord('a'), newRecord('b')] as const
    for (const record of records) await store.save(record)
    return records
  }

  it('is opened by its DSN or by the name of the driver', async () => {
    expect(registeredStateDrivers()).toContain('jsonl')
    await using store = await openStateStore({ driver: 'jsonl', dsn: path })
    expect(await store.save(newRecord('a'))).toBe('saved')
    await store.close()
    await using again = await openStateStore({ dsn: `JSONL:${path}` })
    expect(await again.load(identity, 'a')).toBeDefined()
    await expect(openStateStore({ driver: 'jsonl' })).rejects.toMatchObject({
      code: 'invalid_config',
    })
  })

  it('loses a torn last line and nothing else, wherever the line was torn', async () => {
    const [first, second] = await saveTwo()
    const whole = await readFile(path)
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1
    for (let end = lastLine; end < whole.length; end += 1) {
      await writeFile(path, whole.subarray(0, end))
      await using store = await open()
      expect(await store.save(first)).toBe('unchanged')
      expect(await store.load(identity, second.kind)).toBeUndefined()
      expect(await store.save(second)).toBe('saved')
    }
  })

  it('is refused if a line in the middle is damaged', async () => {
    await saveTwo()
    const lines = (await readFile(path, 'utf8')).split('\n')
    await writeFile(path, ['{"save":', ...lines.slice(1)].join('\n'))
    await expect(open()).rejects.toMatchObject({ code: 'store_unavailable', retryable: false })
    await truncate(path)
    await using store = await open()
    expect(await store.load(identity, 'a')).toBeUndefined()
  })

  it('is refused while another store has it open, and free again afterward', async () => {
    const store = await open()
    await expect(open()).rejects.toMatchObject({ code: 'store_unavailable' })
    await store.close()
    await (await open()).close()
  })

  it('is not said to be open elsewhere if its folder is not there', async () => {
    const opening = openStateStore({ dsn: `jsonl:${join(folder, 'missing', 'state.jsonl')}` })
    await expect(opening).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.not.stringContaining('elsewhere') as string,
      cause: { code: 'ENOENT' },
    })
  })

  it('keeps all that was acknowledged before its process was killed', async () => {
    const writer = spawn(process.execPath, [join(import.meta.dirname, 'endless-writer.ts'), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const acknowledged: string[] = []
    for await (const eventId of createInterface({ input: writer.stdout })) {
      acknowledged.push(eventId)
      if (acknowledged.length === 100) writer.kill('SIGKILL')
    }
    if (writer.signalCode === null) await once(writer, 'exit')
    await appendFile(path, '{"save":[{"identity":')

    await using store = await open()
    for (const eventId of acknowledged) {
      expect(await store.loadByEventId(identity, parseEventId(eventId))).toBeDefined()
    }
  })
})

function newRecord(kind: string): NewStateRecord {
  return { eventId: newEventId(), identity, kind, bytes: new TextEncoder().encode(kind) }
}
