import { createEventBus, type EventBus, type HarborageEvent } from '@harborage/core'
import { withTimeout } from '../../support/waiting.ts'

/** A bus that records the events that are published on it. */
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

  /** Returns the payloads of the events of one type, in their order. */
  payloadsOf(type: string): unknown[] {
    return this.all.filter((event) => event.type === type).map(({ payload }) => payload)
  }

  /** Returns the steps of health that were published, each as `healthy -> retry`. */
  get healthSteps(): string[] {
    return this.payloadsOf('memory.health_changed').map((payload) => stepOf(payload))
  }

  /** Resolves once `count` steps of health were published. */
  async untilHealthSteps(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = (): void => {
      if (this.healthSteps.length >= count) resolve()
    }
    this.#watchers.add(check)
    check()
    try {
      await withTimeout(`${count} steps of health`, promise)
    } finally {
      this.#watchers.delete(check)
    }
  }
}

function stepOf(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null) return String(payload)
  return `${String(Reflect.get(payload, 'priorHealth'))} -> ${String(Reflect.get(payload, 'newHealth'))}`
}
