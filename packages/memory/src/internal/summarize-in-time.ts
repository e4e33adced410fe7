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
    return judge(summaryOf(answer), estimate, request.maxTokens)
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

/** Once a summary has been kept, every read counts its tokens, and shows it if the budget allows. */
function judge(
  summary: string | undefined,
  estimate: TokenEstimator,
  maxTokens = Number.POSITIVE_INFINITY,
): SummaryOutcome {
  const tokens = summary === undefined ? undefined : tokensOfSummary(summary, estimate)
  if (summary === undefined || tokens === undefined) {
    return { kind: 'failed', reason: 'invalid_summary' }
  }
  return tokens > maxTokens
    ? { kind: 'failed', reason: 'summary_too_large' }
    : { kind: 'summarized', summary }
}

/** `undefined` if it has too many bytes or cannot be counted. */
function tokensOfSummary(summary: string, estimate: TokenEstimator): number | undefined {
  if (Buffer.byteLength(summary) > MAX_SUMMARY_BYTES) return undefined
  try {
    return summaryTokens(estimate, summary)
  } catch {
    return undefined
  }
}
