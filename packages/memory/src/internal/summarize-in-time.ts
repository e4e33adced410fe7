import type { RunIdentity } from '@harborage/core'
import { MAX_SUMMARY_BYTES } from '../conversation.ts'
import type { Summarizer, SummaryFailure, SummaryRequest } from '../summarizer.ts'
import { summaryTokens, type TokenEstimator } from '../token-estimator.ts'

/** What became of a summarisation. */
export type SummaryOutcome =
  | { readonly kind: 'summarized'; readonly summary: string }
  | { readonly kind: 'failed'; readonly reason: SummaryFailure }
  | { readonly kind: 'aborted' }

/** Asks the summarizer, which is anybody's code: it may throw, answer nonsense, or never answer. */
export async function summarizeInTime(
  summarizer: Summarizer,
  estimate: TokenEstimator,
  identity: Required<RunIdentity>,
  request: SummaryRequest,
  timeoutMs: number,
  closing: AbortSignal,
): Promise<SummaryOutcome> {
  if (closing.aborted) return { kind: 'aborted' }
  const abort = new AbortController()
  const { promise: ended, resolve } = Promise.withResolvers<SummaryOutcome>()
  const end = (outcome: SummaryOutcome): void => {
    resolve(outcome)
    abort.abort()
  }
  const timer = setTimeout(end, timeoutMs, { kind: 'failed', reason: 'summarizer_timed_out' })
  const close = (): void => end({ kind: 'aborted' })
  closing.addEventListener('abort', close, { once: true })
  try {
    return await Promise.race([ask(summarizer, estimate, identity, request, abort.signal), ended])
  } finally {
    clearTimeout(timer)
    closing.removeEventListener('abort', close)
  }
}

async function ask(
  summarizer: Summarizer,
  estimate: TokenEstimator,
  identity: Required<RunIdentity>,
  request: SummaryRequest,
  signal: AbortSignal,
): Promise<SummaryOutcome> {
  try {
    const answer: unknown = await summarizer.summarize(identity, request, { signal })
    const summary = summaryOf(answer)
    return summary !== undefined && isFit(summary, estimate)
      ? { kind: 'summarized', summary }
      : { kind: 'failed', reason: 'invalid_summary' }
  } catch {
    return { kind: 'failed', reason: 'summarizer_failed' }
  }
}

/** A lone surrogate, such as of a message that was cut, is replaced: no database would keep it. */
function summaryOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined
  const summary: unknown = Reflect.get(answer, 'summary')
  return typeof summary === 'string' ? summary.toWellFormed() : undefined
}

/** Once it has been kept, every read counts its tokens. */
function isFit(summary: string, estimate: TokenEstimator): boolean {
  if (Buffer.byteLength(summary) > MAX_SUMMARY_BYTES) return false
  try {
    summaryTokens(estimate, summary)
    return true
  } catch {
    return false
  }
}
