import type { ArtifactStore } from '@harborage/artifacts'
import { type Database, type Identity, newEventId } from '@harborage/core'
import type { MemoryStore } from '@harborage/memory'
import type { StateStore } from '@harborage/state'

import type { Build } from './build.ts'
import type { Message, RecordedRun, RunKeeper } from './run-keeper.ts'

/** A message of an unfinished turn. The result of a tool is an artifact. */
type Kept = Message | { readonly role: string; readonly artifact: string }

interface Checkpoint {
  readonly step: number
  readonly instructions: string | undefined
  /** The messages since the last finished turn. */
  readonly open: readonly Kept[]
}

const KIND = 'task.checkpoint'

/** Returns a keeper that uses all three stores on one database, as the documentation shows. */
export async function harborageRuns(build: Build, database: Database): Promise<RunKeeper> {
  const bus = build.createEventBus()
  const state = await build.openStateStore({ database })
  const artifacts = await build.openArtifactStore({ database })
  const memory = await build.openMemoryStore({ database, strategy: 'truncation', bus })
  return {
    name: build.name,
    note: 'a checkpoint per step, tool results as artifacts, turns in memory',
    keep: (tenantId, run) => new Keeping({ state, artifacts, memory }, tenantId, run).keepAll(),
    check: (tenantId, run) => check({ state, artifacts, memory }, identityOf(tenantId, run), run),
    close: async () => {
      await memory.close()
      await artifacts.close()
      await state.close()
      await database.close()
    },
  }
}

/** Returns a keeper that saves the whole conversation in every checkpoint, as graph savers do. */
export async function harborageWholeRuns(build: Build, database: Database): Promise<RunKeeper> {
  const state = await build.openStateStore({ database })
  return {
    name: `${build.name}, whole conversation in each checkpoint`,
    note: 'the state store alone',
    keep: async (tenantId, run) => {
      const identity = identityOf(tenantId, run)
      for (const step of run.messages.keys()) {
        const bytes = bytesOf(run.messages.slice(0, step + 1))
        await state.save({ eventId: newEventId(), identity, kind: KIND, bytes, version: step })
      }
    },
    check: async (tenantId, run) => {
      const { bytes } = await state.loadOrThrow(identityOf(tenantId, run), KIND)
      if (Buffer.compare(bytes, bytesOf(run.messages)) !== 0) throw new Error('a run is not whole')
    },
    close: async () => {
      await state.close()
      await database.close()
    },
  }
}

interface Stores {
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
}

class Keeping {
  readonly #stores: Stores
  readonly #identity: Identity
  readonly #run: RecordedRun
  #instructions: string | undefined
  #open: Kept[] = []
  #hidden: string[] = []

  constructor(stores: Stores, tenantId: string, run: RecordedRun) {
    this.#stores = stores
    this.#identity = identityOf(tenantId, run)
    this.#run = run
  }

  async keepAll(): Promise<void> {
    for (const [step, message] of this.#run.messages.entries()) {
      if (message.role === 'user') await this.#endTurn()
      await this.#take(message)
      const checkpoint: Checkpoint = { step, instructions: this.#instructions, open: this.#open }
      await this.#stores.state.save({
        eventId: newEventId(),
        identity: this.#identity,
        kind: KIND,
        bytes: bytesOf(checkpoint),
        version: step,
      })
    }
    await this.#endTurn()
  }

  async #take(message: Message): Promise<void> {
    if (message.role !== 'tool' && message.role !== 'system') {
      this.#open.push(message)
      return
    }
    const { id } = await this.#stores.artifacts.putText(this.#identity, message.content ?? '')
    if (message.role === 'system') this.#instructions = id
    else {
      this.#open.push({ role: message.role, artifact: id })
      this.#hidden.push(id)
    }
  }

  async #endTurn(): Promise<void> {
    const said = this.#open.filter((kept): kept is Message => 'content' in kept)
    const user = said.find(({ role }) => role === 'user')
    if (user !== undefined) {
      const answer = said.findLast(({ role, content }) => role === 'assistant' && content)
      await this.#stores.memory.addTurn(this.#identity, {
        turnId: newEventId(),
        userMessage: user.content ?? '',
        assistantResponse: answer?.content ?? '',
        artifactsHiddenRefs: this.#hidden,
      })
    }
    this.#open = []
    this.#hidden = []
  }
}

async function check(stores: Stores, identity: Identity, run: RecordedRun): Promise<void> {
  const { version } = await stores.state.loadOrThrow(identity, KIND)
  if (version !== run.messages.length - 1) throw new Error('the last checkpoint is missing')
  const { recentTurns } = await stores.memory.getLlmContext(identity)
  const said = run.messages.filter(({ role }) => role === 'user').map(({ content }) => content)
  const kept = recentTurns.map(({ userMessage }) => userMessage)
  if (kept.length !== said.length || kept.some((text, index) => text !== said[index])) {
    throw new Error('not every turn is in memory')
  }
  const results = new Set<string>()
  for await (const { id } of stores.artifacts.list(identity)) {
    results.add((await stores.artifacts.getText(identity, id)) ?? '')
  }
  for (const { role, content } of run.messages) {
    if (role === 'tool' && !results.has(content ?? '')) throw new Error('a tool result is missing')
  }
}

function identityOf(tenantId: string, { userId, sessionId }: RecordedRun): Identity {
  return { tenantId, userId, sessionId }
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}
