import type { Message, RecordedRun } from '../contenders/run-keeper.ts'

const WORDS =
  'flight HAT136 Seattle May 20 refund please bag economy passenger payment certificate change cancel reservation the a to of my'.split(
    ' ',
  )

/**
 * Generates runs like the recorded ones: a long policy first, then turns with some tool calls. The
 * same seed generates the same runs.
 */
export function generateRuns(count: number, seed: number): readonly RecordedRun[] {
  const random = randomSource(seed)
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low))
  const words = (length: number): string =>
    Array.from({ length }, () => WORDS[between(0, WORDS.length)]).join(' ')
  const turn = (): readonly Message[] => {
    const toolCalls = Array.from({ length: between(0, 3) }, (_, call) => [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: `call-${call}`, arguments: words(20) }],
      },
      { role: 'tool', content: words(between(20, 300)), tool_call_id: `call-${call}` },
    ])
    return [
      { role: 'user', content: words(between(5, 40)) },
      ...toolCalls.flat(),
      { role: 'assistant', content: words(between(20, 120)) },
    ]
  }
  return Array.from({ length: count }, (_, index) => ({
    userId: `user-${index % 40}`,
    sessionId: `generated-${index}`,
    messages: [
      { role: 'system', content: words(1000) },
      ...Array.from({ length: between(4, 12) }, turn).flat(),
    ],
  }))
}

/** Returns the generator mulberry32, which is small and good enough for test data. */
function randomSource(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
