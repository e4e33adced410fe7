import type { ConversationTurn, LlmContextPatch } from '@harborage/memory'

/**
 * Returns the n-th turn of a speaker: `a1`, `a2` and so on, so that a conversation can be checked
 * for gaps and doubles.
 */
export function numberedTurn(speaker: string, number: number): ConversationTurn {
  return { userMessage: `${speaker}${number}`, assistantResponse: 'noted' }
}

/** Returns a summary that says which turns went into it, in their order. */
export function summaryOfNames(previousSummary: string, names: readonly string[]): string {
  return [...namesIn(previousSummary), ...names].join(' ')
}

export function namesIn(summary: string): string[] {
  return summary === '' ? [] : summary.split(' ')
}

/**
 * Returns every turn that a conversation remembers, oldest first: those in the summary, then those
 * word by word.
 */
export function rememberedNames({ summary, recentTurns }: LlmContextPatch): string[] {
  return [...namesIn(summary), ...recentTurns.map((turn) => turn.userMessage)]
}

/** Returns the number of the last turn of a speaker, 0 if there is none. */
export function lastNumberOf(speaker: string, names: readonly string[]): number {
  const last = names.findLast((name) => name.startsWith(speaker))
  return last === undefined ? 0 : Number(last.slice(speaker.length))
}

/**
 * Returns what is wrong with an order of turns in which every speaker counts from 1 without a gap.
 */
export function faultsInOrder(names: readonly string[]): string[] {
  const lastOf = new Map<string, number>()
  const faults: string[] = []
  for (const name of names) {
    const speaker = name.slice(0, 1)
    const number = Number(name.slice(1))
    const expected = (lastOf.get(speaker) ?? 0) + 1
    if (number !== expected) faults.push(`${name} stands where ${speaker}${expected} belongs`)
    lastOf.set(speaker, number)
  }
  return faults
}
