import type { HarborageEvent, RunIdentity } from '@harborage/core'
import type { MemoryChange, MemoryRules } from '@harborage/memory'
import { brokenDriver, brokenRules, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

class AlwaysHealthy extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    return change.header === undefined
      ? change
      : { ...change, header: { ...change.header, health: 'healthy' } }
  }
}

class ForgettingFailures extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    return change.header === undefined
      ? change
      : { ...change, header: { ...change.header, failures: 0 } }
  }
}

/** Answers with a cached header, and ignores the changes of other stores. */
class CachingHeaders extends DelegatingDriver {
  readonly #cache = new Map<string, ReturnType<DelegatingDriver['readHeader']>>()

  override readHeader(identity: Required<RunIdentity>): ReturnType<DelegatingDriver['readHeader']> {
    const key = JSON.stringify(identity)
    const header = this.#cache.get(key) ?? super.readHeader(identity)
    this.#cache.set(key, header)
    return header
  }

  override change<Result>(
    ...[identity, look, decide]: Parameters<typeof DelegatingDriver.prototype.change<Result>>
  ): Promise<Result> {
    this.#cache.clear()
    return super.change(identity, look, decide)
  }
}

function events(publish: (event: HarborageEvent, bus: MemoryRules['bus']) => void) {
  return (rules: MemoryRules): MemoryRules => ({
    ...rules,
    bus: {
      publish: (event) => publish(event, rules.bus),
      subscribe: (filter, listener) => rules.bus.subscribe(filter, listener),
    },
  })
}

export const healthFaults: readonly BrokenStore[] = [
  brokenDriver('caches the headers of other stores', CachingHeaders),
  brokenDriver('is always healthy', AlwaysHealthy),
  brokenDriver('never counts failures', ForgettingFailures),
  brokenRules('retries once more than configured', (rules) => ({
    ...rules,
    retryAttempts: (rules.retryAttempts ?? 3) + 1,
  })),
  brokenRules('retries at once', (rules) => ({ ...rules, retryBackoffMs: 0 })),
  brokenRules('never recovers by itself', (rules) => ({ ...rules, degradedRetryMs: 1_000_000 })),
  brokenRules('drops nothing', (rules) => ({ ...rules, recoveryBacklogMax: 1_000 })),
  brokenRules('never times out a summarizer', (rules) => ({
    ...rules,
    summarizerTimeoutMs: 1_000_000,
  })),
  brokenRules(
    'publishes no changes of health',
    events((event, bus) => {
      if (event.type !== 'memory.health_changed') void bus.publish(event)
    }),
  ),
  brokenRules(
    'publishes no dropped turns',
    events((event, bus) => {
      if (event.type !== 'memory.recovery_dropped') void bus.publish(event)
    }),
  ),
  brokenRules(
    'publishes every event twice',
    events((event, bus) => {
      void bus.publish(event)
      void bus.publish(event)
    }),
  ),
  brokenRules('accepts any answer as a summary', ({ summarizer, ...rules }) => ({
    ...rules,
    ...(summarizer && {
      summarizer: {
        async summarize(identity, request, options) {
          const answer: unknown = await summarizer.summarize(identity, request, options)
          return { summary: String(answer) }
        },
      },
    }),
  })),
]
