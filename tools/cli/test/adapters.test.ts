import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { newEventId } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openStateStore } from '@harborage/state'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { expect, test } from 'vitest'
import { engines, ofSession, session, type TestPlace } from './support/filled-stores.ts'
import { jsonLinesOf, runCommand } from './support/run-command.ts'

/** A project in which the adapters are installed. */
const project = join(repositoryRoot, 'tests')

const item = { type: 'message', role: 'user', content: 'Is it on time?' }

/** Writes items as the OpenAI adapter does, and a slot that only has the kind of one of LangGraph's. */
async function fill(at: TestPlace): Promise<void> {
  await using database = await at.open()
  await using journal = await openJournalStore({ database })
  await using state = await openStateStore({ database })
  const entry = (payload: unknown) => ({
    entryId: newEventId(),
    bytes: Buffer.from(JSON.stringify(payload)),
  })
  await journal.append(session, 'openai.items', [
    entry({ format: 1, item }),
    entry({ format: 2, item: 'of tomorrow' }),
  ])
  const bytes = Buffer.from('damaged')
  await state.save({ eventId: newEventId(), identity: session, kind: 'lg', bytes })
}

test('what an adapter wrote is labeled and decoded, if it is installed in the project', async () => {
  const at = await engines.SQLite()
  await fill(at)
  const shown = { ...at, cwd: project }
  const listed = await runCommand(['ls', ...ofSession], shown)
  expect(listed.stdout).toMatch(/ lg {2}thread\n[^]* openai\.items\n$/)
  const args = ['show', 'stream', 'openai.items', ...ofSession]
  const stream = await runCommand(args, shown)
  expect(stream.stdout).toMatch(/holds +item\n[^]*"content": "Is it on time\?"/)
  expect(stream.stdout).toContain('"item": "of tomorrow"')
  expect(stream.stderr).toMatch(/^not decoded: a newer release of @harborage\/openai-agents/)
  const lines = jsonLinesOf(await runCommand([...args, '--json'], shown))
  expect(JSON.parse(String(lines[1]?.['decoded']))).toEqual(item)
  expect(lines[2]?.['notDecoded']).toContain('update this one')
})

test('every adapter has an inspector here', async () => {
  const at = await engines.SQLite()
  {
    await using database = await at.open()
    await using journal = await openJournalStore({ database })
    await using state = await openStateStore({ database })
    const bytes = Buffer.from('{}')
    await state.save({ eventId: newEventId(), identity: session, kind: 'lg', bytes })
    for (const stream of ['openai.items', 'claude.transcript/-home', 'adk.events/x']) {
      await journal.append(session, stream, [{ entryId: newEventId(), bytes }])
    }
  }
  const listed = await runCommand(['ls', ...ofSession, '--json'], { ...at, cwd: project })
  const labels = jsonLinesOf(listed).flatMap(({ label }) => label ?? [])
  expect(labels).toEqual(['thread', 'event', 'transcript', 'item'])
  expect(await readdir(join(repositoryRoot, 'adapters'))).toHaveLength(labels.length)
})

test('what is damaged is shown as it is stored', async () => {
  const at = await engines.SQLite()
  await fill(at)
  const slot = await runCommand(['show', 'slot', 'lg', ...ofSession], { ...at, cwd: project })
  expect(slot.stdout).toMatch(/\n\ndamaged\n$/)
  expect(slot.stderr).toMatch(/^not decoded: /)
})
