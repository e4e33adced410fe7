import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import {
  commitTogether,
  createEventBus,
  newEventId,
  userOwner,
  type Database,
} from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'

/** The stores of one application. */
export interface Stores {
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly truncating: MemoryStore
  readonly summarizing: MemoryStore
  readonly journal: JournalStore
  /** Whether the artifacts are in the database of the others, so that steps can have them. */
  readonly isOneDatabase: boolean
  close(): Promise<void>
}

/** Opens the stores on a database, and the artifacts elsewhere if a DSN is given. */
export async function openStores(
  database: Database | undefined,
  artifactsDsn?: string,
): Promise<Stores> {
  const on = database === undefined ? {} : { database }
  const state = await openStateStore(on)
  const artifacts = await openArtifactStore(artifactsDsn === undefined ? on : { dsn: artifactsDsn })
  const truncating = await openMemoryStore({
    ...on,
    strategy: 'truncation',
    budgetTokens: 1_000,
    bus: createEventBus(),
  })
  const summarizing = await openMemoryStore({
    ...on,
    strategy: 'rolling_summary',
    recentTurns: 1,
    bus: createEventBus(),
    summarizer: {
      summarize: async (_identity, { turns }) => ({
        summary: `It was said: ${turns.map(({ userMessage }) => userMessage).join(' ')}`,
      }),
    },
  })
  const journal = await openJournalStore(on)
  const all = [state, artifacts, truncating, summarizing, journal]
  return {
    state,
    artifacts,
    truncating,
    summarizing,
    journal,
    isOneDatabase: artifactsDsn === undefined,
    close: async () => {
      for (const store of all) await store.close()
    },
  }
}

/** Saves a person's name in every field of every store that takes a text of the caller. */
export async function savePerson(stores: Stores, name: string): Promise<void> {
  const { state, artifacts, truncating, summarizing, journal, isOneDatabase } = stores
  const user = { tenantId: 'acme', userId: name }
  const session = { ...user, sessionId: `session of ${name}` }
  const bytes = new TextEncoder().encode(`written by ${name}`)
  const kind = `kind.${name}`
  for (const identity of [userOwner(user), session, { ...session, runId: `run of ${name}` }]) {
    await state.save({ eventId: newEventId(), identity, kind, bytes })
    // Replaced and emptied slots leave a trail.
    await state.save({ eventId: newEventId(), identity, kind, bytes })
    await state.save({ eventId: newEventId(), identity, kind: `${kind}.gone`, bytes })
    await state.delete(identity, `${kind}.gone`)
  }
  const meta = {
    namespace: `namespace of ${name}`,
    filename: `${name}.md`,
    mimeType: `text/x-${name}`,
    source: { tool: name },
  }
  for (const scope of [userOwner(user), session, { ...session, taskId: `task of ${name}` }]) {
    await artifacts.putText(scope, `a report on ${name}`, meta)
    await artifacts.putText(scope, `a long report on ${name} `.repeat(10_000), meta)
  }
  for (const memory of [truncating, summarizing]) {
    const sessionId = memory === truncating ? 'truncated' : 'summarized'
    const conversation = { ...user, sessionId: `${sessionId} of ${name}` }
    for (const userMessage of [`I am ${name}.`, `My name is ${name}.`, `Who is ${name}?`]) {
      const assistantResponse = `You are ${name}.`
      await memory.addTurn(conversation, { turnId: newEventId(), userMessage, assistantResponse })
    }
    if (memory === summarizing) await memory.compact(conversation)
  }
  for (const identity of [session, { ...session, runId: `run of ${name}` }]) {
    const said = Array.from({ length: 20 }, (_, index) => ({
      text: `${name} said ${index} of ${name}, in words like lamp and shelf`,
      bytes,
    }))
    // Replaced passages leave words behind.
    await truncating.passages.replace(identity, `passages of ${name}`, said)
    await truncating.passages.replace(identity, `passages of ${name}`, said.slice(0, 15))
  }
  const said = () => ({ entryId: newEventId(), type: `type.${name}`, bytes })
  for (const owner of [userOwner(user), session, { ...session, runId: `run of ${name}` }]) {
    for (const stream of [`stream of ${name}`, `deleted stream of ${name}`]) {
      await journal.append(owner, stream, [said(), said(), said()])
      // Dropped and trimmed entries leave their ids behind.
      await journal.replaceAfter({
        owner,
        stream,
        position: 1,
        ifPosition: 3,
        operationId: newEventId(),
        entries: [said(), said()],
      })
      await journal.trim(owner, stream, { before: 5 })
    }
    await journal.delete(owner, `deleted stream of ${name}`)
  }
  await commitTogether({
    stepId: `step of ${name}`,
    parts: {
      [`slot of ${name}`]: state.prepare.save({
        eventId: newEventId(),
        identity: { ...session, runId: `run of ${name}` },
        kind: `${kind}.step`,
        bytes,
      }),
      [`turn of ${name}`]: truncating.prepare.addTurn(
        { ...user, sessionId: `truncated of ${name}` },
        { userMessage: `A step of ${name}.`, assistantResponse: '' },
      ),
      [`entry of ${name}`]: journal.prepare.append(session, `stream of ${name}`, [said()]),
      // Its ref is in the answers that the step keeps.
      ...(isOneDatabase && {
        [`output of ${name}`]: artifacts.prepare.putText(userOwner(user), `of ${name}`, meta),
      }),
    },
  })
}
