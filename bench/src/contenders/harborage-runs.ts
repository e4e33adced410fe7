import { hash } from 'node:crypto'

import { type Database, type Identity, newEventId } from '@harborage/core'

import type { Build } from './build.ts'
import type { Message, RecordedRun, RunKeeper } from './run-keeper.ts'
import {
  type AgentStep,
  CHECKPOINT,
  stepWriter,
  type Stores,
  type WriteStep,
} from './write-step.ts'

/**
 * A message of an unfinished turn. The result of a tool is an artifact, which is named by its
 * digest: its id comes with the answer of the step that puts it.
 */
type Kept = Message | { readonly role: string; readonly sha256: string }

interface Checkpoint {
  readonly step: number
  readonly instructions: string | undefined
  /** The messages since the last finished turn. */
  readonly open: readonly Kept[]
}

/**
 * Returns a keeper that uses three stores on one database, as the documentation shows: each step of
 * the agent is one commit.
 */
export async function harborageRuns(build: Build, database: Database): Promise<RunKeeper> {
  const bus = build.createEventBus()
  const state = await build.openStateStore({ database })
  const artifacts = await build.openArtifactStore({ database })
  const memory = await build.openMemoryStore({ database, strategy: 'truncation', bus })
  const stores = { state, artifacts, memory }
  const write = stepWriter(build, stores)
  return {
    name: build.name,
    note: 'a checkpoint per step, with a tool result as an artifact and a turn in memory',
    keep: async (tenantId, run) => {
      const keeping = new Keeping(write, tenantId, run)
      await keeping.keepAll()
      const { turn } = keeping.endTurn()
      if (turn !== undefined) await memory.addTurn(identityOf(tenantId, run), turn)
    },
    check: (tenantId, run) => check(stores, identityOf(tenantId, run), run),
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
        await state.save({
          eventId: newEventId(),
          identity,
          kind: CHECKPOINT,
          bytes,
          version: step,
        })
      }
    },
    check: async (tenantId, run) => {
      const { bytes } = await state.loadOrThrow(identityOf(tenantId, run), CHECKPOINT)
      if (Buffer.compare(bytes, bytesOf(run.messages)) !== 0) throw new Error('a run is not whole')
    },
    close: async () => {
      await state.close()
      await database.close()
    },
  }
}

class Keeping {
  readonly #write: WriteStep
  readonly #identity: Identity
  readonly #run: RecordedRun
  #instructions: string | undefined
  #open: Kept[] = []
  #hidden: string[] = []

  constructor(write: WriteStep, tenantId: string, run: RecordedRun) {
    this.#write = write
    this.#identity = identityOf(tenantId, run)
    this.#run = run
  }

  async keepAll(): Promise<void> {
    for (const [step, message] of this.#run.messages.entries()) {
      const ended = message.role === 'user' ? this.endTurn() : {}
      const output = this.#take(message)
      const checkpoint: Checkpoint = { step, instructions: this.#instructions, open: this.#open }
      const id = await this.#write(this.#identity, {
        checkpoint: { bytes: bytesOf(checkpoint), version: step },
        output,
        ...ended,
      })
      if (id !== undefined && message.role === 'tool') this.#hidden.push(id)
    }
  }

  /** Takes a message up, and returns its text if that becomes an artifact. */
  #take(message: Message): string | undefined {
    if (message.role !== 'tool' && message.role !== 'system') {
      this.#open.push(message)
      return undefined
    }
    const output = message.content ?? ''
    const sha256 = hash('sha256', output)
    if (message.role === 'system') this.#instructions = sha256
    else this.#open.push({ role: message.role, sha256 })
    return output
  }

  /** Returns the turn that is open, if there is one, and begins another. */
  endTurn(): Pick<AgentStep, 'turn'> {
    const said = this.#open.filter((kept): kept is Message => 'content' in kept)
    const user = said.find(({ role }) => role === 'user')
    const answer = said.findLast(({ role, content }) => role === 'assistant' && content)
    const ended = user && {
      turnId: newEventId(),
      userMessage: user.content ?? '',
      assistantResponse: answer?.content ?? '',
      artifactsHiddenRefs: this.#hidden,
    }
    this.#open = []
    this.#hidden = []
    return ended === undefined ? {} : { turn: ended }
  }
}

async function check(stores: Stores, identity: Identity, run: RecordedRun): Promise<void> {
  const { version } = await stores.state.loadOrThrow(identity, CHECKPOINT)
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
