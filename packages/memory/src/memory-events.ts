import type { EventBus, HarborageEvent, Identity } from '@harborage/core'
import type { Health } from './health.ts'
import { isOverWithin } from './internal/is-over-within.ts'

declare module '@harborage/core' {
  interface HarborageEvents {
    /** A call came with an incomplete or malformed identity. In the event's identity `<missing>` stands for an absent part. */
    'memory.identity_rejected': { readonly operation: string; readonly reason: string }
    /** The summarizing of a conversation does better or worse. */
    'memory.health_changed': HealthStep
    /** A conversation that could not be summarized for long has lost its oldest turns. */
    'memory.recovery_dropped': { readonly droppedTurns: number }
  }
}

/** One step of the health machine, and why it was taken. */
export interface HealthStep {
  readonly priorHealth: Health
  readonly newHealth: Health
  /**
   * A `SummaryFailure`; `summarized`; `recovery_attempt`; `backlog_exceeded` for a recovery that did not keep up with
   * what was added; `store_closed` for one that a close ended; `restored`.
   */
  readonly reason: string
}

/** The longest that anything waits for the bus, in milliseconds. */
const PATIENCE_MS = 5_000

/**
 * Publishes what happened, each event once the one before is published. A bus that fails at what happened in the
 * background is reported as a process warning: nobody is waiting.
 */
export class MemoryEvents {
  readonly #bus: EventBus
  /** The publication that was begun last, until it is over. */
  #last: Promise<void> | undefined

  constructor(bus: EventBus) {
    this.#bus = bus
  }

  healthChanged(identity: Identity, steps: readonly HealthStep[]): void {
    for (const payload of steps) this.#publish('memory.health_changed', identity, payload)
  }

  recoveryDropped(identity: Identity, droppedTurns: number): void {
    this.#publish('memory.recovery_dropped', identity, { droppedTurns })
  }

  /** Publishes a rejection and waits until that is done, or has failed. */
  async identityRejected(identity: Identity, operation: string, reason: string): Promise<void> {
    const occurredAt = new Date()
    const payload = { operation, reason }
    const type = 'memory.identity_rejected'
    const publishing = async (): Promise<void> =>
      this.#bus.publish({ type, identity, occurredAt, payload })
    if (await isOverWithin(PATIENCE_MS, publishing())) return
    throw new Error(`the event bus did not publish "${type}" within ${PATIENCE_MS} ms`)
  }

  /** Waits until everything is published, but not for a bus that hangs. */
  async published(): Promise<void> {
    if (this.#last !== undefined) await isOverWithin(PATIENCE_MS, this.#last)
  }

  #publish(type: string, { tenantId, userId, sessionId }: Identity, payload: unknown): void {
    const identity = { tenantId, userId, sessionId }
    const event = { type, identity, occurredAt: new Date(), payload }
    const before = this.#last
    const publishing =
      before === undefined
        ? this.#send(event)
        : isOverWithin(PATIENCE_MS, before).then(() => this.#send(event))
    const last = publishing?.then(() => {
      if (this.#last === last) this.#last = undefined
    })
    this.#last = last
  }

  /** `undefined` if it is over at once, as on a bus within the process. */
  #send(event: HarborageEvent): Promise<void> | undefined {
    const fail = (): void =>
      process.emitWarning(`the event bus failed to publish "${event.type}"`, {
        code: 'HARBORAGE_PUBLISH_FAILED',
      })
    try {
      const answer: unknown = this.#bus.publish(event)
      return answer === undefined ? undefined : Promise.resolve(answer).then(() => {}, fail)
    } catch {
      fail()
      return undefined
    }
  }
}
