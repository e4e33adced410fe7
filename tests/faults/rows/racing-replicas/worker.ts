/**
 * One replica of several: all of them read and write the same slots, and none may see what no
 * serial order allows.
 */
import { type Database, type EventId, isHarborageError, newEventId } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore, type StateRecord } from '@harborage/state'

import { figures } from '../../harness/figures.ts'
import { hangLimit } from '../../harness/this-build.ts'
import { Random } from '../../harness/random.ts'
import { serve, workerConfig } from '../../harness/serve.ts'

/** What a replica is started with. */
export interface ReplicaConfig {
  readonly engine: 'postgres' | 'sqlite'
  readonly dsn: string
  readonly replica: number
}

/** A write that was acknowledged: which event id of which slot it replaced by which. */
export type Link = readonly [slot: string, replaced: EventId | null, by: EventId]

interface Content {
  /** How many writes the slot has had, as its chain counts them. */
  readonly count: number
  readonly replica: number
  /** How many writes this replica has made into this slot without a condition. */
  readonly turn: number
}

const SLOTS = 64
const CALLERS = 8
/** Longer than any fault of the row lasts: no call may fail. */
const PATIENCE_MS = hangLimit(60_000)
const identity = { tenantId: 'acme', userId: 'ann', sessionId: 'shared', runId: 'r1' }

const { engine, dsn, replica } = workerConfig<ReplicaConfig>()
const database = await open()
const state = await openStateStore({ database })

const links: Link[] = []
const violations: string[] = []
let acknowledged = 0
let torn = 0
let unknown = 0

function open(): Promise<Database> {
  if (engine === 'sqlite') return openSqlite({ dsn, busyTimeoutMs: PATIENCE_MS })
  return openPostgres({ dsn, max: 4, retryTimeoutMs: PATIENCE_MS })
}

/** A caller that remembers what it has seen: no later read may show less. */
class Caller {
  readonly #random: Random
  readonly #counts = new Map<string, number>()
  readonly #turns = new Map<string, number>()

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  async step(): Promise<void> {
    const slot = this.#random.below(SLOTS)
    switch (this.#random.below(8)) {
      case 0:
      case 1:
        return this.#extendChain(`chain.${slot}`)
      case 2:
        return this.#commitPair(slot)
      case 3:
        return this.#overwrite(`plain.${slot}`)
      case 4:
      case 5:
        await this.#readPair(slot)
        return
      default:
        this.#see(await state.load(identity, `chain.${slot}`))
        this.#see(await state.load(identity, `plain.${slot}`))
        acknowledged += 2
    }
  }

  async #extendChain(kind: string): Promise<void> {
    const held = await state.load(identity, kind)
    const content = this.#next(this.#see(held))
    const eventId = newEventId()
    const ifEventId = held?.eventId ?? null
    const record = { eventId, identity, kind, bytes: encoded(content) }
    if (!(await this.#isWon(() => state.save(record, { ifEventId })))) return
    links.push([kind, ifEventId, eventId])
    this.#counts.set(kind, content.count)
  }

  /** Commits two slots that are only written together, and hold the same content. */
  async #commitPair(pair: number): Promise<void> {
    const held = await this.#readPair(pair)
    const [one, other] = held
    const content = this.#next(one === undefined ? undefined : contentOf(one))
    const save = ['a', 'b'].map((half) => ({
      eventId: newEventId(),
      identity,
      kind: `pair.${pair}.${half}`,
      bytes: encoded(content),
    }))
    const expect = save.map(({ kind }, half) => ({
      identity,
      kind,
      eventId: held[half]?.eventId ?? null,
    }))
    if (!(await this.#isWon(() => state.commit({ expect, save })))) return
    for (const [half, { kind, eventId }] of save.entries()) {
      links.push([kind, (half === 0 ? one : other)?.eventId ?? null, eventId])
      this.#counts.set(kind, content.count)
    }
  }

  /** Without a condition the last write wins, but the writes of one replica keep their order. */
  async #overwrite(kind: string): Promise<void> {
    const turn = (turns.get(kind) ?? 0) + 1
    turns.set(kind, turn)
    const before = writing.get(kind)
    const done = Promise.withResolvers<void>()
    writing.set(kind, done.promise)
    await before
    const bytes = encoded({ count: 0, replica, turn })
    const record = { eventId: newEventId(), identity, kind, bytes }
    await this.#isWon(() => state.save(record))
    done.resolve()
  }

  async #readPair(pair: number): Promise<readonly StateRecord[]> {
    // One statement reads both.
    const held = await listed(`pair.${pair}.`)
    acknowledged += 1
    const [one, other] = held.map((record) => this.#see(record))
    if (one?.count !== other?.count || held.length === 1) torn += 1
    return held
  }

  /** Makes a write, and retries it until it is known whether it won. */
  async #isWon(write: () => Promise<unknown>): Promise<boolean> {
    for (;;) {
      try {
        await write()
        acknowledged += 1
        return true
      } catch (error) {
        if (isHarborageError(error, 'condition_failed')) {
          acknowledged += 1
          return false
        }
        if (!isHarborageError(error, 'outcome_unknown')) throw error
        unknown += 1
      }
    }
  }

  #next(seen: Content | undefined): Content {
    return { count: (seen?.count ?? 0) + 1, replica, turn: 0 }
  }

  #see(record: StateRecord | undefined): Content | undefined {
    const content = record === undefined ? undefined : contentOf(record)
    if (record === undefined || content === undefined) return undefined
    const writer = `${record.kind} by ${content.replica}`
    if (content.turn < (this.#turns.get(writer) ?? 0)) {
      violations.push(`a slot went back to an earlier write of its replica ${content.replica}`)
    }
    this.#turns.set(writer, content.turn)
    if (content.count < (this.#counts.get(record.kind) ?? 0)) {
      violations.push(`a slot went back to its write ${content.count}`)
    }
    this.#counts.set(record.kind, content.count)
    return content
  }
}

/** The writes without a condition of this replica, which makes one after the other. */
const turns = new Map<string, number>()
const writing = new Map<string, Promise<void>>()
const callers = Array.from(
  { length: CALLERS },
  (_, caller) => new Caller(replica * CALLERS + caller),
)

async function listed(prefix: string): Promise<StateRecord[]> {
  const records: StateRecord[] = []
  for await (const record of state.list(identity, prefix)) records.push(record)
  return records
}

function encoded(content: Content): Uint8Array {
  return Buffer.from(JSON.stringify(content))
}

function contentOf({ bytes }: StateRecord): Content {
  return JSON.parse(Buffer.from(bytes).toString()) as Content
}

serve({
  /**
   * Works until a number of operations is acknowledged, and returns what was seen since the last
   * time.
   */
  async work(operations: number) {
    const until = acknowledged + operations
    await Promise.all(
      callers.map(async (caller) => {
        while (acknowledged < until) await caller.step()
      }),
    )
    const found = figures({ acknowledged, torn, unknown, violations: violations.splice(0) })
    acknowledged = 0
    torn = 0
    unknown = 0
    return { found, links: links.splice(0) }
  },
  /** Resolves to what the slots hold in the end. */
  async heads() {
    const records = [...(await listed('chain.')), ...(await listed('pair.'))]
    return records.map((record) => [record.kind, record.eventId, contentOf(record).count])
  },
})
