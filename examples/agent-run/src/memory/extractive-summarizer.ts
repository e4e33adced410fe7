import type { ConversationTurn, Summarizer } from '@harborage/memory'

export interface ExtractiveSummarizerOptions {
  /** The longest summary. Default: 1,200 characters. */
  readonly maxCharacters?: number
}

/** The longest piece that is kept of a message. */
const MAX_PIECE = 120

/**
 * Summarizes without a model: of each message it keeps the sentence with the most facts in it, and when there is no
 * room for all, the poorest lines go first. The same conversation always gives the same summary.
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

/** In their order. Of equally poor lines the oldest goes first. */
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

/** Numbers, codes, and names: capitals that do not begin a sentence. */
function factsIn(text: string): number {
  return text.match(/[A-Z]*\d[\w.:-]*|(?<=[^.!?\s] )\p{Lu}\p{L}+/gu)?.length ?? 0
}
