import type { EventBus, Identity } from '@harborage/core'
import type { Health } from './health.ts'

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
  readonly reason: string
}

/** Publishes what happened in the background. A bus that fails is reported as a process warning: nobody is waiting. */
export class MemoryEvents {
  readonly #bus: EventBus

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
    await this.#bus.publish({ type: 'memory.identity_rejected', identity, occurredAt, payload })
  }

  #publish(type: string, identity: Identity, payload: unknown): void {
    const { tenantId, userId, sessionId } = identity
    const publishing = async (): Promise<void> =>
      this.#bus.publish({
        type,
        identity: { tenantId, userId, sessionId },
        occurredAt: new Date(),
        payload,
      })
    publishing().catch(() =>
      process.emitWarning(`the event bus failed to publish "${type}"`, {
        code: 'HARBORAGE_PUBLISH_FAILED',
      }),
    )
  }
}
