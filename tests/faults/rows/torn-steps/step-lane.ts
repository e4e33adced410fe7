import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import {
  appRows,
  commitTogether,
  createEventBus,
  parseEventId,
  type Database,
  type RunIdentity,
} from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'
import { hangLimit } from '../../harness/this-build.ts'

/** The stores of steps, on one database. */
export interface StepStores extends AsyncDisposable {
  readonly database: Database
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
  readonly journal: JournalStore
}

/** Opens the stores at a DSN, and loads its engine only. */
export async function openStepStores(dsn: string): Promise<StepStores> {
  const opened = new AsyncDisposableStack()
  try {
    const database = opened.use(await openDatabaseAt(dsn))
    const state = opened.use(await openStateStore({ database }))
    const artifacts = opened.use(await openArtifactStore({ database }))
    const rules = { strategy: 'truncation', bus: createEventBus() } as const
    const memory = opened.use(await openMemoryStore({ database, ...rules }))
    const journal = opened.use(await openJournalStore({ database }))
    const close = (): Promise<void> => opened.disposeAsync()
    return { database, state, artifacts, memory, journal, [Symbol.asyncDispose]: close }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

async function openDatabaseAt(dsn: string): Promise<Database> {
  if (dsn.startsWith('sqlite:')) {
    const { openSqlite } = await import('@harborage/driver-sqlite')
    // Many processes write at once, on a machine that may be busy.
    return openSqlite({ dsn, busyTimeoutMs: hangLimit(60_000) })
  }
  const { openPostgres } = await import('@harborage/driver-postgres')
  return openPostgres({ dsn, max: 4 })
}

/** The stream of a lane. */
const STREAM = 'steps'

/** The table of the application in which each step writes a row. */
export const TICKETS =
  'create table if not exists tickets (lane text not null, step integer not null)'

/**
 * Makes a step of a lane: it saves its number in two slots, puts an artifact, adds a turn, appends
 * an entry to a stream and inserts a row of the application. Its ids follow from the number, so a repetition is a retry.
 */
export async function makeStep(stores: StepStores, lane: string, step: number): Promise<void> {
  const { database, state, artifacts, memory, journal } = stores
  const identity = identityOf(lane)
  const bytes = Buffer.from(String(step))
  const slot = (kind: string, number: number) => ({
    eventId: eventIdOf(lane, number, kind),
    identity,
    kind,
  })
  const isOnPostgres = database.engine === 'postgres'
  const before = step === 1 ? null : slot('slot.left', step - 1).eventId
  await commitTogether({
    stepId: `${lane}/${step}`,
    parts: {
      ticket: appRows(database, {
        sql: `insert into tickets values (${isOnPostgres ? '$1, $2' : '?, ?'})`,
        parameters: [lane, step],
      }),
      turn: memory.prepare.addTurn(identity, { userMessage: String(step), assistantResponse: '' }),
      right: state.prepare.save({ ...slot('slot.right', step), bytes }),
      left: state.prepare.save({ ...slot('slot.left', step), bytes }, { ifEventId: before }),
      output: artifacts.prepare.putText(identity, `${lane}/${step}`, { filename: String(step) }),
      event: journal.prepare.append(identity, STREAM, [
        { entryId: eventIdOf(lane, step, STREAM), bytes },
      ]),
    },
  })
}

/** What a reader sees of a lane: the numbers of the steps. */
export interface LanePicture {
  readonly slots: readonly number[]
  readonly turns: readonly number[]
  readonly outputs: readonly number[]
  readonly entries: readonly number[]
}

/** Reads what the steps of a lane left in the stores. */
export async function lookAt(stores: StepStores, lane: string): Promise<LanePicture> {
  const { state, artifacts, memory, journal } = stores
  const identity = identityOf(lane)
  const kinds = ['slot.left', 'slot.right']
  const records = await state.loadMany(kinds.map((kind) => ({ identity, kind })))
  const outputs: number[] = []
  for await (const { filename } of artifacts.list(identity)) outputs.push(Number(filename))
  const { recentTurns } = await memory.getLlmContext(identity)
  const entries: number[] = []
  for await (const { bytes } of journal.read(identity, STREAM)) {
    entries.push(Number(Buffer.from(bytes)))
  }
  return {
    slots: records.map((record) => Number(record === undefined ? 0 : Buffer.from(record.bytes))),
    turns: recentTurns.map(({ userMessage }) => Number(userMessage)),
    outputs: outputs.toSorted((left, right) => left - right),
    entries,
  }
}

function identityOf(lane: string): Pick<RunIdentity, 'tenantId' | 'userId' | 'sessionId'> {
  return { tenantId: 'acme', userId: 'ann', sessionId: lane }
}

function eventIdOf(lane: string, step: number, kind: string) {
  return parseEventId(`${lane}/${step}/${kind}`)
}
