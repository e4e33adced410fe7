import { inspect } from 'node:util'

import {
  type ErrorCode,
  type Identity,
  isHarborageError,
  newEventId,
  type RunIdentity,
} from '@harborage/core'
import { isWalk } from '@harborage/test-kit/hostile/call-unchecked'
import { SECRET } from '@harborage/test-kit/hostile/hostile-values'

import type { Figures } from '../../harness/fault-row.ts'
import { figures } from '../../harness/figures.ts'
import { Random } from '../../harness/random.ts'
import { deformed } from './deformed.ts'
import { abortReasons } from './junk.ts'
import { pollution } from './pollution.ts'
import { loneSubjects, openers } from './lone-subjects.ts'
import type { Subject } from './subject.ts'
import { caller, methodsOf, sessionOfMemory, type Stores } from './subjects.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

/**
 * The errors that a call with junk may fail with. Any other one means that junk was not checked.
 */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['identity_required', 'invalid_identity', 'invalid_record', 'invalid_snapshot'] as const),
  ...(['not_found', 'idempotency_conflict', 'condition_failed', 'scope_mismatch'] as const),
  ...(['maintenance_scope_required', 'subtree_required', 'artifact_too_large'] as const),
  // The memory stores of a database have a strategy each, and junk may name a run of the other one.
  'strategy_mismatch',
])

const openingRefusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['invalid_config', 'unknown_driver', 'strategy_not_implemented'] as const),
  ...(['store_unavailable', 'invalid_record'] as const),
])

/** The tenant whose data no other may see. A replaced lone surrogate would become its name. */
const victim = { ...caller, tenantId: '\ufffd' }
const VICTIMS = 'v1ctim'

const control: Identity = { tenantId: 'control', userId: 'control', sessionId: 'control' }

const MOST_VIOLATIONS = 20
const MOST_ITEMS = 20

export class Fuzzing {
  readonly #stores: Stores
  readonly #subjects: readonly Subject[]
  readonly #lone: readonly Subject[] = [...openers(), ...loneSubjects()]
  readonly #seed: number
  readonly #isPolluted = pollution()
  readonly #violations: string[] = []
  #calls = 0
  #acknowledged = 0
  #foreign = 0
  #current = ''

  constructor(stores: Stores, seed: number) {
    this.#stores = stores
    this.#seed = seed
    this.#subjects = methodsOf(stores)
    process.on('unhandledRejection', (reason) => this.#note(`unhandled: ${describe(reason)}`))
    process.on('uncaughtException', (error) => {
      this.#note(`uncaught: ${describe(error)}`)
      process.stderr.write(`${this.#violations.join('\n')}\n`)
      process.exitCode = 1
    })
  }

  /** Stores the data that no other tenant may see. */
  async begin(): Promise<void> {
    const { state, memories, artifacts } = this.#stores
    const bytes = new TextEncoder().encode(VICTIMS)
    await state?.save({ eventId: newEventId(), identity: victim, kind: 'task.checkpoint', bytes })
    await artifacts.putText({ ...sessionOf(victim), taskId: 't1' }, VICTIMS, { namespace: 'tool' })
    const turn = { userMessage: VICTIMS, assistantResponse: VICTIMS }
    for (const [index, memory] of memories.entries()) {
      await memory.addTurn(sessionOfMemory(victim, index), turn)
    }
  }

  async callOnce(): Promise<void> {
    this.#calls += 1
    // A seed of its own, so that one call can be made again by itself.
    const random = new Random(Math.imul(this.#seed + 1, 0x9e3779b1) + this.#calls)
    const subject = random.of(random.below(100) === 0 ? this.#lone : this.#subjects)
    this.#current = `${subject.name}, call ${this.#calls} of seed ${this.#seed}`
    const args = deformed(subject.good(), random)
    try {
      const answer: unknown = await subject.call(args)
      const items = isWalk(answer) ? await collect(answer) : answer
      this.#acknowledged += 1
      if (subject.crossesIdentities !== true && isShown(items, VICTIMS)) this.#foreign += 1
    } catch (error) {
      this.#judge(subject, error)
    }
  }

  /** Checks that the stores still work, and that no shared object was changed. */
  async control(): Promise<void> {
    this.#current = `the control after call ${this.#calls} of seed ${this.#seed}`
    for (const place of this.#isPolluted()) this.#note(`${place} was changed`)
    const { state, memories, artifacts } = this.#stores
    const text = `control ${this.#calls}`
    if (state !== undefined) {
      const bytes = new TextEncoder().encode(text)
      await state.save({ eventId: newEventId(), identity: control, kind: 'control', bytes })
      const held = await state.load(control, 'control')
      if (new TextDecoder().decode(held?.bytes) !== text) this.#note('a save is not there')
    }
    const { id } = await artifacts.putText(control, text)
    if ((await artifacts.getText(control, id)) !== text) this.#note('a put is not there')
    for (const [index, memory] of memories.slice(0, 2).entries()) {
      const session = sessionOfMemory(control, index)
      await memory.addTurn(session, { userMessage: text, assistantResponse: '' })
      const { recentTurns } = await memory.getLlmContext(session)
      if (recentTurns.at(-1)?.userMessage !== text) this.#note('a turn is not there')
    }
    // What calls that were let through have left, so that the walks stay short.
    if (state !== undefined) await deleteSession(state, sessionOf(caller))
    await deleteSession(artifacts, caller)
    await deleteSession(artifacts, control)
    for (const [index, memory] of memories.entries()) {
      await memory.restore(sessionOfMemory(caller, index), { bytes: new Uint8Array() })
    }
  }

  get hasNoticed(): boolean {
    return this.#foreign > 0 || this.#violations.length > 0
  }

  found(): Figures {
    return figures({
      rounds: this.#calls,
      acknowledged: this.#acknowledged,
      foreign: this.#foreign,
      violations: this.#violations,
    })
  }

  #judge({ name }: Subject, error: unknown): void {
    if (abortReasons.has(error)) return
    if (!isHarborageError(error)) {
      this.#note(`not a typed error: ${describe(error)}`)
      return
    }
    const isOpening = name.startsWith('open') || name === 'createContext'
    if (!refusals.has(error.code) && !(isOpening && openingRefusals.has(error.code))) {
      this.#note(`${error.code}: ${error.message} ${describe(error.cause)}`)
    }
    // A configuration is written by an operator, who has to learn which name is unknown.
    const namesOption = isOpening && error.code === 'invalid_config'
    if (!namesOption && error.message.includes(SECRET)) {
      this.#note(`the message quotes: ${error.message.slice(0, 200)}`)
    }
  }

  #note(what: string): void {
    if (this.#violations.length < MOST_VIOLATIONS) {
      this.#violations.push(`${this.#current}: ${what}`)
    }
  }
}

/** Resolves to the first items of a walk, which junk may make endless. */
async function collect(walk: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of walk) {
    items.push(item)
    if (items.length >= MOST_ITEMS) break
  }
  return items
}

/** Returns whether a text stands in what a call answered, as text or as bytes. */
function shows(answer: unknown, text: string): boolean {
  if (typeof answer !== 'object' || answer === null) return answer === text
  if (answer instanceof Uint8Array) return Buffer.from(answer).includes(text)
  return Object.values(answer).some((each) => shows(each, text))
}

/**
 * Returns a text for a result. Junk that a call returns unchanged may throw when it is inspected.
 */
function isShown(answer: unknown, text: string): boolean {
  try {
    return shows(answer, text)
  } catch {
    return false
  }
}

function describe(error: unknown): string {
  try {
    return inspect(error, { depth: 1 }).slice(0, 600)
  } catch {
    return 'what cannot be looked at'
  }
}

function sessionOf({ tenantId, userId, sessionId }: RunIdentity): Identity {
  return { tenantId, userId, sessionId }
}
