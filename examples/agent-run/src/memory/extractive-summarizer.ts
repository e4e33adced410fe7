import type { ConversationTurn, Summarizer } from '@harborage/memory'

export interface ExtractiveSummarizerOptions {
  /** The largest length of a summary in characters. Default: 1,200. */
  readonly maxCharacters?: number
}

/** The largest length that is kept of a message, in characters. */
const MAX_PIECE = 120

/**
 * Returns a summarizer without a model. It keeps the sentence with the most facts of each message.
 * If there is no room for all, it drops the poorest lines first. Equal conversations have equal
 * summaries.
 */
export function extractiveSummarizer({
  maxCharacters = 1_200,
}: ExtractiveSummarizerOptions = {}): Summarizer {
  return {
    async summarize(_identity, { previousSummary, turns }) {
      const earlier = previousSummary === '' ? [] : previousSummary.split('\n')
      const lines = [...earlier, ...turns.map(lineOf)]
      return { summary: richestThatFit(lines, maxCharacters).join('\n') }
    },
  }
}

function lineOf({ userMessage, assistantResponse }: ConversationTurn): string {
  return `- ${richestSentence(userMessage)} → ${richestSentence(assistantResponse)}`
}

function richestSentence(message: string): string {
  const sentences = message
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.!?]) /)
  const richest = sentences.reduce((best, next) => (factsIn(next) > factsIn(best) ? next : best))
  const letters = [...richest]
  return letters.length <= MAX_PIECE ? richest : `${letters.slice(0, MAX_PIECE - 1).join('')}…`
}

/** Returns lines in order. Of equally poor ones it drops the oldest first. */
function richestThatFit(lines: readonly string[], maxCharacters: number): string[] {
  const kept = [...lines]
  let room = maxCharacters - kept.join('\n').length
  while (room < 0) {
    const poorest = kept.reduce((worst, next) => (factsIn(next) < factsIn(worst) ? next : worst))
    kept.splice(kept.indexOf(poorest), 1)
    room += poorest.length + 1
  }
  return kept
}

/** Matches numbers, codes, and names: capitals that do not begin a sentence. */
function factsIn(text: string): number {
  return text.match(/[A-Z]*\d[\w.:-]*|(?<=[^.!?\s] )\p{Lu}\p{L}+/gu)?.length ?? 0
}
