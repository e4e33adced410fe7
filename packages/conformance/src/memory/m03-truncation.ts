import assert from 'node:assert/strict'
import type { ConversationTurn, MemoryStore, TokenEstimator } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import {
  assertHolds,
  newTurn,
  numberedTexts,
  recentTexts,
  addTurns,
} from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'

/** Counts one token for each character of a user message, and none for an answer. */
const byCharacters: TokenEstimator = (text) => (text.startsWith('answer') ? 0 : text.length)

/** Registers the cases of M3: truncation returns the newest turns that fit the budget. */
export function truncation({ it, itIfDurable }: MemoryCases): void {
  const costs: readonly (readonly [text: string, tokens: number])[] = [
    ['', 1],
    ['abc', 1],
    ['abcd', 2],
    ['abcdefg', 2],
    ['abcdefgh', 3],
    ['é', 1],
    ['éé', 2],
    ['€€', 2],
    ['😀', 2],
    ['x'.repeat(4_000), 1_001],
  ]
  for (const [text, tokens] of costs) {
    const name = text.length > 10 ? `${text.length} letters` : `"${text}"`
    it(`M3 ${name} costs ${tokens} by default, as either text of a turn`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const session = freshIdentity()
      await store.addTurn(session, { userMessage: text, assistantResponse: '' })
      assert.equal(await store.estimateTokens(session), tokens + 1)
      await store.addTurn(session, { userMessage: '', assistantResponse: text })
      assert.equal(await store.estimateTokens(session), 2 * (tokens + 1))
    })
  }

  it('M3 the oldest turns are left out one by one, and the budget is never exceeded', async ({
    open,
  }) => {
    const store = await open({
      strategy: 'truncation',
      budgetTokens: 10,
      tokenEstimator: byCharacters,
    })
    const session = freshIdentity()
    const steps: readonly (readonly [said: string, held: readonly string[]])[] = [
      ['aaaa', ['aaaa']],
      ['bbbb', ['aaaa', 'bbbb']],
      ['cc', ['aaaa', 'bbbb', 'cc']],
      ['d', ['bbbb', 'cc', 'd']],
      ['eee', ['bbbb', 'cc', 'd', 'eee']],
      ['ffffffffff', ['ffffffffff']],
      ['', ['ffffffffff', '']],
      ['g', ['', 'g']],
    ]
    for (const [said, held] of steps) {
      await addTurns(store, session, [said])
      await assertContext(store, session, held)
    }
  })

  it('M3 a budget of 0 is no limit: every turn is returned', async ({ open }) => {
    const store = await open({ strategy: 'truncation', budgetTokens: 0 })
    const session = freshIdentity()
    const texts = numberedTexts(1, 100)
    await addTurns(store, session, texts)
    await assertHolds(store, session, texts)
  })

  it('M3 a turn above the budget is left out, and so are the turns before it', async ({ open }) => {
    const store = await open({
      strategy: 'truncation',
      budgetTokens: 5,
      tokenEstimator: byCharacters,
    })
    const session = freshIdentity()
    await addTurns(store, session, ['aa', 'bb'])
    await addTurns(store, session, ['too large'])
    await assertContext(store, session, [])
    await addTurns(store, session, ['cc'])
    await assertContext(store, session, ['cc'])
  })

  it('M3 a large turn after many small ones leaves no gap', async ({ open }) => {
    const store = await open({
      strategy: 'truncation',
      budgetTokens: 100,
      tokenEstimator: byCharacters,
    })
    const session = freshIdentity()
    await addTurns(store, session, Array<string>(100).fill('s'))
    assert.equal(await store.estimateTokens(session), 100)
    await addTurns(store, session, ['l'.repeat(98)])
    await assertContext(store, session, ['s', 's', 'l'.repeat(98)])
    await addTurns(store, session, ['n'])
    await assertContext(store, session, ['s', 'l'.repeat(98), 'n'])
    await addTurns(store, session, ['m'.repeat(3)])
    await assertContext(store, session, ['n', 'mmm'])
  })

  it('M3 an estimator is called with both texts of a turn', async ({ open }) => {
    const asked: string[] = []
    const tokenEstimator: TokenEstimator = (text) => asked.push(text) * 0 + 7
    const store = await open({ strategy: 'truncation', tokenEstimator })
    const session = freshIdentity()
    await store.addTurn(session, { userMessage: 'question', assistantResponse: 'reply' })
    assert.equal(await store.estimateTokens(session), 14)
    assert.deepEqual(asked.toSorted(), ['question', 'reply'])
  })

  const fields: readonly (readonly [what: string, more: Partial<ConversationTurn>])[] = [
    ['shown artifacts', { artifactsShown: { shown: 'x'.repeat(100) } }],
    ['refs of hidden artifacts', { artifactsHiddenRefs: ['x'.repeat(50), 'y'.repeat(50)] }],
    [
      'trajectory digests',
      {
        trajectoryDigest: {
          toolsInvoked: ['search'],
          observationsSummary: 'x'.repeat(100),
          reasoningSummary: ',"artifactsShown":',
          artifactsRefs: [],
        },
      },
    ],
    [
      'all of these fields',
      {
        artifactsShown: {
          trajectoryDigest: 'nested',
          shown: ['x'.repeat(100), '"artifactsShown":'],
        },
        artifactsHiddenRefs: [],
      },
    ],
  ]
  for (const [what, more] of fields) {
    it(`M3 ${what} cost as much as their JSON, and count toward the budget`, async ({ open }) => {
      const asked: string[] = []
      const tokenEstimator: TokenEstimator = (text) => {
        asked.push(text)
        return text.length
      }
      const store = await open({ strategy: 'truncation', budgetTokens: 500, tokenEstimator })
      const session = freshIdentity()
      const json = JSON.stringify(more)
      const cost = 'ab'.length + json.length
      for (let time = 1; time <= 10; time += 1) {
        await store.addTurn(session, { userMessage: 'a', assistantResponse: 'b', ...more })
        const { tokens, recentTurns } = await store.getLlmContext(session)
        assert.equal(recentTurns.length, Math.min(time, Math.floor(500 / cost)))
        assert.equal(tokens, recentTurns.length * cost)
        assert.equal(await store.estimateTokens(session), tokens)
      }
      assert.deepEqual(new Set(asked), new Set(['a', 'b', json]))
    })
  }

  it('M3 a context contains its cost in tokens', async ({ open }) => {
    const store = await open({ strategy: 'truncation', budgetTokens: 40 })
    const session = freshIdentity()
    for (const text of numberedTexts(1, 20)) {
      await addTurns(store, session, [text])
      const { tokens, strategy, summary } = await store.getLlmContext(session)
      assert.ok(tokens <= 40 && tokens > 0)
      assert.equal(await store.estimateTokens(session), tokens)
      assert.deepEqual([strategy, summary], ['truncation', ''])
    }
  })

  it('M3 an empty conversation has an empty context', async ({ open }) => {
    const store = await open({ strategy: 'truncation', budgetTokens: 10 })
    assert.deepEqual(await store.getLlmContext(freshIdentity()), {
      strategy: 'truncation',
      summary: '',
      recentTurns: [],
      tokens: 0,
    })
  })

  itIfDurable(
    'M3 a smaller budget applies as soon as a store is opened with it',
    async ({ open }) => {
      const session = freshIdentity()
      const rules = { strategy: 'truncation', tokenEstimator: byCharacters } as const
      const first = await open(rules)
      await addTurns(first, session, ['aa', 'bb', 'cc'])
      await first.close()
      const store = await open({ ...rules, budgetTokens: 5 })
      await assertContext(store, session, ['bb', 'cc'])
      await addTurns(store, session, ['d'])
      await assertContext(store, session, ['bb', 'cc', 'd'])
    },
  )

  for (const budgetTokens of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`M3 a budget of ${budgetTokens} is rejected at open`, async ({ open }) => {
      await assertFails('invalid_config', () => open({ strategy: 'truncation', budgetTokens }))
    })
  }

  it('M3 no turn is added if the estimator returns an invalid number', async ({ open }) => {
    const answers: readonly unknown[] = [-1, 0.5, Number.NaN, '7', undefined, Promise.resolve(7)]
    for (const answer of answers) {
      const tokenEstimator: TokenEstimator = (text) => {
        if (text === 'bad') return answer as number
        return 1
      }
      const store = await open({ strategy: 'truncation', tokenEstimator })
      const session = freshIdentity()
      await addTurns(store, session, ['good'])
      await assertFails('invalid_config', () => store.addTurn(session, newTurn('bad')))
      await assertHolds(store, session, ['good'])
      await store.close()
    }
  })
}

async function assertContext(
  store: MemoryStore,
  session: ReturnType<typeof freshIdentity>,
  texts: readonly string[],
): Promise<void> {
  const context = await store.getLlmContext(session)
  assert.deepEqual(recentTexts(context), texts)
  assert.equal(context.tokens, texts.join('').length)
}
