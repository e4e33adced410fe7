import { createEventBus, type EventBus, type HarborageEvent } from '@harborage/core'
import { within } from '../../support/waiting.ts'

/** A bus that remembers what was published on it. */
export class RecordedEvents {
  readonly bus: EventBus = createEventBus()
  readonly all: HarborageEvent[] = []
  readonly #watchers = new Set<() => void>()

  constructor() {
    this.bus.subscribe({}, (event) => {
      this.all.push(event)
      for (const watcher of this.#watchers) watcher()
    })
  }

  /** The payloads of one type, in their order. */
  payloadsOf(type: string): unknown[] {
    return this.all.filter((event) => event.type === type).map(({ payload }) => payload)
  }

  /** The steps of health that were published, each as `healthy -> retry`. */
  get healthSteps(): string[] {
    return this.payloadsOf('memory.health_changed').map((payload) => stepOf(payload))
  }

  /** Resolves once so many steps of health were published. */
  async untilHealthSteps(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = (): void => {
      if (this.healthSteps.length >= count) resolve()
    }
    this.#watchers.add(look)
    look()
    try {
      await within(`${count} steps of health`, promise)
    } finally {
      this.#watchers.delete(look)
    }
  }
}

function stepOf(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null) return String(payload)
  return `${String(Reflect.get(payload, 'priorHealth'))} -> ${String(Reflect.get(payload, 'newHealth'))}`
}
