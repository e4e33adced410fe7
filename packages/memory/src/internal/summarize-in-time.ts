import type { RunIdentity } from '@harborage/core'
import { MAX_SUMMARY_BYTES } from '../conversation.ts'
import type { Summarizer, SummaryFailure, SummaryRequest } from '../summarizer.ts'
import { summaryTokens, type TokenEstimator } from '../token-estimator.ts'

/** The outcome of a summarization. */
export type SummaryOutcome =
  | { readonly kind: 'summarized'; readonly summary: string }
  | { readonly kind: 'failed'; readonly reason: SummaryFailure }
  | { readonly kind: 'aborted' }

/**
 * Calls the summarizer, which is the code of a user: it may throw, return an invalid value, or
 * never return.
 */
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
    return checkSummary(summaryOf(answer), estimate, request.maxTokens)
  } catch {
    return { kind: 'failed', reason: 'summarizer_failed' }
  }
}

/**
 * Returns the summary of an answer. Replaces lone surrogates, as of a truncated text, since no
 * database stores them.
 */
function summaryOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined
  const summary: unknown = Reflect.get(answer, 'summary')
  return typeof summary === 'string' ? summary.toWellFormed() : undefined
}

/**
 * Checks that a summary can be stored: every later read counts its tokens, and has to fit it into
 * the budget.
 */
function checkSummary(
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

/** Returns the tokens of a summary, or `undefined` if it is too large or the estimator fails. */
function tokensOfSummary(summary: string, estimate: TokenEstimator): number | undefined {
  if (Buffer.byteLength(summary) > MAX_SUMMARY_BYTES) return undefined
  try {
    return summaryTokens(estimate, summary)
  } catch {
    return undefined
  }
}
