import { expect, test } from 'vitest'
import { extractiveSummarizer } from '../src/memory/extractive-summarizer.ts'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: '' }
const options = { signal: new AbortController().signal }

test('keeps the sentence with the most facts of each message', async () => {
  const { summary } = await extractiveSummarizer().summarize(
    identity,
    {
      previousSummary: '- an earlier line → kept as it was',
      turns: [
        {
          userMessage: 'Hello there. I am on flight HAT136 from Seattle.',
          assistantResponse: 'Sure! It leaves gate B12 at 9:40. Have a good trip.',
        },
      ],
    },
    options,
  )
  expect(summary.split('\n')).toEqual([
    '- an earlier line → kept as it was',
    '- I am on flight HAT136 from Seattle. → It leaves gate B12 at 9:40.',
  ])
})

test('forgets the poorest lines first and never grows beyond its limit', async () => {
  const summarizer = extractiveSummarizer({ maxCharacters: 100 })
  let summary = ''
  for (let turn = 1; turn <= 50; turn += 1) {
    const userMessage = turn === 7 ? 'Booking 4711 is for Ann Li.' : 'And then?'
    const turns = [{ userMessage, assistantResponse: 'Nothing.' }]
    const answer = await summarizer.summarize(
      identity,
      { previousSummary: summary, turns },
      options,
    )
    summary = answer.summary
    expect(summary.length).toBeLessThanOrEqual(100)
  }
  expect(summary).toContain('Booking 4711 is for Ann Li.')
})
