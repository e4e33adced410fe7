import type { EventBus, HarborageEvent, Identity } from '@harborage/core'
import { settlesWithin } from '@harborage/core/kit'
import type { Health } from './health.ts'

declare module '@harborage/core' {
  interface HarborageEvents {
    /** A call came with an incomplete or malformed identity. In the event's identity `<missing>` stands for an absent part. */
    'memory.identity_rejected': { readonly operation: string; readonly reason: string }
    /** The summarizing of a conversation does better or worse. */
    'memory.health_changed': HealthStep
    /** A conversation that could not be summarized for long has lost its oldest turns. */
    'memory.recovery_dropped': { readonly droppedTurns: number }
    /** A context was given without the summary, which is larger than the budget by itself. */
    'memory.summary_omitted': { readonly summaryTokens: number; readonly budgetTokens: number }
  }
}

/** One step of the health machine, and why it was taken. */
export interface HealthStep {
  readonly priorHealth: Health
  readonly newHealth: Health
  /**
   * A `SummaryFailure`; `summarized`; `recovery_attempt`; `backlog_exceeded` for a recovery that did not keep up with
   * what was added; `store_closed` for one that a close ended; `restored`; `converted`.
   */
  readonly reason: string
}

/** The longest that anything waits for the bus, in milliseconds. */
const PATIENCE_MS = 5_000

/**
 * Publishes what happened, one event after the other. A bus that fails at what happened in the background is reported as
 * a process warning: no caller is waiting.
 */
export class MemoryEvents {
  readonly #bus: EventBus
  readonly #waiting: HarborageEvent[] = []
  #isPublishing = false
  #isClosing = false
  /** Resolves once nothing waits to be published. */
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

  /** Publishes a rejection and waits until that is done, or has failed. */
  async identityRejected(identity: Identity, operation: string, reason: string): Promise<void> {
    const occurredAt = new Date()
    const payload = { operation, reason }
    const type = 'memory.identity_rejected'
    const publishing = async (): Promise<void> =>
      this.#bus.publish({ type, identity, occurredAt, payload })
    if (await settlesWithin(PATIENCE_MS, publishing())) return
    throw new Error(`the event bus did not publish "${type}" within ${PATIENCE_MS} ms`)
  }

  /**
   * Waits until everything is published. A bus that takes longer than its time for one event gets all that is left at
   * once, and is not waited for.
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

  /** Publishes what waits, up to the first event that the bus takes its time for. */
  #publishWaiting(): void {
    this.#isPublishing = true
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      const sent = this.#send(event)
      if (sent === undefined) continue
      void this.#goOnAfter(sent)
      return
    }
    this.#isPublishing = false
    this.#idle?.resolve()
  }

  async #goOnAfter(sent: Promise<void>): Promise<void> {
    const isOver = await settlesWithin(PATIENCE_MS, sent)
    if (!isOver && this.#isClosing) {
      for (const event of this.#waiting.splice(0)) void this.#send(event)
    }
    this.#publishWaiting()
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
