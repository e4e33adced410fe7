import type { EventBus, HarborageEvent, Identity } from '@harborage/core'
import { settlesWithin } from '@harborage/core/kit'
import type { Health } from './health.ts'

declare module '@harborage/core' {
  interface HarborageEvents {
    /**
     * A call was rejected for an incomplete or malformed identity. In the event's identity,
     * `<missing>` replaces an absent part and `<malformed>` a malformed one. `reason` is the error
     * code.
     */
    'memory.identity_rejected': { readonly operation: string; readonly reason: string }
    /** The health of a conversation changed. */
    'memory.health_changed': HealthStep
    /**
     * The oldest turns of a conversation were dropped, because they could not be summarized for too
     * long.
     */
    'memory.recovery_dropped': { readonly droppedTurns: number }
    /** A context was returned without its summary, which alone is larger than the budget. */
    'memory.summary_omitted': { readonly summaryTokens: number; readonly budgetTokens: number }
  }
}

/** A transition of the health state machine. */
export interface HealthStep {
  /** The state before. */
  readonly priorHealth: Health
  /** The state after. */
  readonly newHealth: Health
  /**
   * Why: a `SummaryFailure`, `summarized`, `recovery_attempt`, `backlog_exceeded` if turns were
   * added faster than a recovery summarized them, `store_closed` if a close ended a recovery,
   * `restored`, `converted` or `deleted`.
   */
  readonly reason: string
}

/** The longest time to wait for the bus to publish an event, in milliseconds. */
const PUBLISH_TIMEOUT_MS = 5_000

const REJECTED = 'memory.identity_rejected'

/**
 * Publishes events, one after the other. If the bus fails to publish an event of background work,
 * for which no caller waits, emits a process warning.
 */
export class MemoryEvents {
  readonly #bus: EventBus
  readonly #waiting: HarborageEvent[] = []
  #isPublishing = false
  #isClosing = false
  /** Resolves once no event waits to be published. */
  #idle: PromiseWithResolvers<void> | undefined

  constructor(bus: EventBus) {
    this.#bus = bus
  }

  healthChanged(identity: Identity, steps: readonly HealthStep[]): void {
    for (const payload of steps) this.#publish('memory.health_changed', identity, payload)
  }

  recoveryDropped(identity: Identity, droppedTurns: number): void {
    this.#publish('memory.recovery_dropped', identity, { droppedTurns })
  }

  summaryOmitted(identity: Identity, summaryTokens: number, budgetTokens: number): void {
    this.#publish('memory.summary_omitted', identity, { summaryTokens, budgetTokens })
  }

  /** Publishes a rejected identity. Rejects if the bus fails or takes too long. */
  async identityRejected(identity: Identity, operation: string, reason: string): Promise<void> {
    const occurredAt = new Date()
    const payload = { operation, reason }
    const type = REJECTED
    const publishing = async (): Promise<void> =>
      this.#bus.publish({ type, identity, occurredAt, payload })
    if (await settlesWithin(PUBLISH_TIMEOUT_MS, publishing())) return
    throw new Error(`the event bus did not publish "${type}" within ${PUBLISH_TIMEOUT_MS} ms`)
  }

  /**
   * Publishes a rejected identity like an event of background work, since no caller can wait for
   * it.
   */
  identityRejectedMeanwhile(identity: Identity, operation: string, reason: string): void {
    this.#publish(REJECTED, identity, { operation, reason })
  }

  /**
   * Waits until all events are published. If one of them takes too long, passes all remaining ones
   * to the bus at once, and does not wait for them.
   */
  async published(): Promise<void> {
    this.#isClosing = true
    if (!this.#isPublishing) return
    this.#idle ??= Promise.withResolvers()
    await this.#idle.promise
  }

  #publish(type: string, { tenantId, userId, sessionId }: Identity, payload: unknown): void {
    const identity = { tenantId, userId, sessionId }
    this.#waiting.push({ type, identity, occurredAt: new Date(), payload })
    if (!this.#isPublishing) this.#publishWaiting()
  }

  /** Publishes the waiting events, up to the first one that the bus publishes asynchronously. */
  #publishWaiting(): void {
    this.#isPublishing = true
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      const sent = this.#send(event)
      if (sent === undefined) continue
      void this.#continueAfter(sent)
      return
    }
    this.#isPublishing = false
    this.#idle?.resolve()
  }

  async #continueAfter(sent: Promise<void>): Promise<void> {
    const isPublished = await settlesWithin(PUBLISH_TIMEOUT_MS, sent)
    if (!isPublished && this.#isClosing) {
      for (const event of this.#waiting.splice(0)) void this.#send(event)
    }
    this.#publishWaiting()
  }

  /**
   * Passes an event to the bus. Returns `undefined` if the bus is synchronous, as one within the
   * process.
   */
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
