import type { Summarizer, SummaryRequest } from '@harborage/memory'
import { within } from '../../support/waiting.ts'
import { concatenated } from './summarizers.ts'

/** A request that waits for the case to answer it. */
export interface HeldRequest extends SummaryRequest {
  readonly identity: Parameters<Summarizer['summarize']>[0]
  readonly signal: AbortSignal
  /** Answers with all texts concatenated, or with this. */
  answer(summary?: string): void
  fail(): void
}

/** A summarizer that answers when the case says so, and not by itself. */
export class HeldSummarizer implements Summarizer {
  readonly requests: HeldRequest[] = []
  readonly #watchers = new Set<() => void>()

  async summarize(
    ...[identity, request, { signal }]: Parameters<Summarizer['summarize']>
  ): Promise<{ summary: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ summary: string }>()
    this.requests.push({
      ...request,
      identity,
      signal,
      answer: (summary = concatenated(request)) => resolve({ summary }),
      fail: () => reject(new Error('the model is overloaded')),
    })
    for (const watcher of this.#watchers) watcher()
    return promise
  }

  /** Gives a request by its number, the first is 0, as soon as it is there. */
  async request(index: number): Promise<HeldRequest> {
    const { promise, resolve } = Promise.withResolvers<HeldRequest>()
    const look = (): void => {
      const request = this.requests[index]
      if (request !== undefined) resolve(request)
    }
    this.#watchers.add(look)
    look()
    try {
      return await within(`request ${index} to the summarizer`, promise)
    } finally {
      this.#watchers.delete(look)
    }
  }
}
