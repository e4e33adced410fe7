import type { Summarizer, SummaryRequest } from '@harborage/memory'
import { withTimeout } from '../../support/waiting.ts'
import { concatenated } from './summarizers.ts'

/** A request that the case answers. */
export interface PendingRequest extends SummaryRequest {
  readonly identity: Parameters<Summarizer['summarize']>[0]
  readonly signal: AbortSignal
  /** Answers with `summary`, or by default with all texts concatenated. */
  answer(summary?: string): void
  fail(): void
}

/** A summarizer whose requests the case answers. */
export class ManualSummarizer implements Summarizer {
  readonly requests: PendingRequest[] = []
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

  /** Resolves to the request with this index, as soon as it was made. */
  async request(index: number): Promise<PendingRequest> {
    const { promise, resolve } = Promise.withResolvers<PendingRequest>()
    const check = (): void => {
      const request = this.requests[index]
      if (request !== undefined) resolve(request)
    }
    this.#watchers.add(check)
    check()
    try {
      return await withTimeout(`request ${index} to the summarizer`, promise)
    } finally {
      this.#watchers.delete(check)
    }
  }
}
