import assert from 'node:assert/strict'
import type { ConversationTurn, MemoryStore, TokenEstimator } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import { assertHolds, newTurn, numbered, recentTexts, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import type { MemoryCases } from './support/memory-cases.ts'

/** A turn costs one token for each character of what the user says. */
const byCharacters: TokenEstimator = (text) => (text.startsWith('answer') ? 0 : text.length)

/** M3: truncation shows the newest turns that fit the budget. */
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
    it(`M3 ${name} costs ${tokens} by default, on each side of a turn`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const session = freshSession()
      await store.addTurn(session, { userMessage: text, assistantResponse: '' })
      assert.equal(await store.estimateTokens(session), tokens + 1)
      await store.addTurn(session, { userMessage: '', assistantResponse: text })
      assert.equal(await store.estimateTokens(session), 2 * (tokens + 1))
    })
  }

  it('M3 the oldest turns give way, one by one, and the budget is never exceeded', async ({
    open,
  }) => {
    const store = await open({
      strategy: 'truncation',
      budgetTokens: 10,
      tokenEstimator: byCharacters,
    })
    const session = freshSession()
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
      await say(store, session, [said])
      await assertShows(store, session, held)
    }
  })

  it('M3 a budget of 0 is none: every turn is shown', async ({ open }) => {
    const store = await open({ strategy: 'truncation', budgetTokens: 0 })
    const session = freshSession()
    const texts = numbered(1, 100)
    await say(store, session, texts)
    await assertHolds(store, session, texts)
  })

  it('M3 a turn that is larger than the budget is not shown, nor what came before it', async ({
    open,
  }) => {
    const store = await open({
      strategy: 'truncation',
      budgetTokens: 5,
      tokenEstimator: byCharacters,
    })
    const session = freshSession()
    await say(store, session, ['aa', 'bb'])
    await say(store, session, ['too large'])
    await assertShows(store, session, [])
    await say(store, session, ['cc'])
    await assertShows(store, session, ['cc'])
  })

  it('M3 a large turn after a great many small ones leaves no gap', async ({ open }) => {
    const store = await open({
      strategy: 'truncation',
      budgetTokens: 100,
      tokenEstimator: byCharacters,
    })
    const session = freshSession()
    await say(store, session, Array<string>(100).fill('s'))
    assert.equal(await store.estimateTokens(session), 100)
    await say(store, session, ['l'.repeat(98)])
    await assertShows(store, session, ['s', 's', 'l'.repeat(98)])
    await say(store, session, ['n'])
    await assertShows(store, session, ['s', 'l'.repeat(98), 'n'])
    await say(store, session, ['m'.repeat(3)])
    await assertShows(store, session, ['n', 'mmm'])
  })

  it('M3 an estimator is asked about both texts of a turn', async ({ open }) => {
    const asked: string[] = []
    const tokenEstimator: TokenEstimator = (text) => asked.push(text) * 0 + 7
    const store = await open({ strategy: 'truncation', tokenEstimator })
    const session = freshSession()
    await store.addTurn(session, { userMessage: 'question', assistantResponse: 'reply' })
    assert.equal(await store.estimateTokens(session), 14)
    assert.deepEqual(asked.toSorted(), ['question', 'reply'])
  })

  const carried: readonly (readonly [what: string, more: Partial<ConversationTurn>])[] = [
    ['artifacts that were shown', { artifactsShown: { shown: 'x'.repeat(100) } }],
    ['refs of artifacts that were not', { artifactsHiddenRefs: ['x'.repeat(50), 'y'.repeat(50)] }],
    [
      'a digest of the trajectory',
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
      'all of it',
      {
        artifactsShown: {
          trajectoryDigest: 'nested',
          shown: ['x'.repeat(100), '"artifactsShown":'],
        },
        artifactsHiddenRefs: [],
      },
    ],
  ]
  for (const [what, more] of carried) {
    it(`M3 ${what} cost what their JSON costs, and keep to the budget`, async ({ open }) => {
      const asked: string[] = []
      const tokenEstimator: TokenEstimator = (text) => {
        asked.push(text)
        return text.length
      }
      const store = await open({ strategy: 'truncation', budgetTokens: 500, tokenEstimator })
      const session = freshSession()
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

  it('M3 a context tells what it costs', async ({ open }) => {
    const store = await open({ strategy: 'truncation', budgetTokens: 40 })
    const session = freshSession()
    for (const text of numbered(1, 20)) {
      await say(store, session, [text])
      const { tokens, strategy, summary } = await store.getLlmContext(session)
      assert.ok(tokens <= 40 && tokens > 0)
      assert.equal(await store.estimateTokens(session), tokens)
      assert.deepEqual([strategy, summary], ['truncation', ''])
    }
  })

  it('M3 nothing was said, nothing is shown', async ({ open }) => {
    const store = await open({ strategy: 'truncation', budgetTokens: 10 })
    assert.deepEqual(await store.getLlmContext(freshSession()), {
      strategy: 'truncation',
      summary: '',
      recentTurns: [],
      tokens: 0,
    })
  })

  itIfDurable(
    'M3 a smaller budget holds as soon as a store is opened with it',
    async ({ open }) => {
      const session = freshSession()
      const rules = { strategy: 'truncation', tokenEstimator: byCharacters } as const
      const first = await open(rules)
      await say(first, session, ['aa', 'bb', 'cc'])
      await first.close()
      const store = await open({ ...rules, budgetTokens: 5 })
      await assertShows(store, session, ['bb', 'cc'])
      await say(store, session, ['d'])
      await assertShows(store, session, ['bb', 'cc', 'd'])
    },
  )

  for (const budgetTokens of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`M3 a budget of ${budgetTokens} is refused at open`, async ({ open }) => {
      await assertFails('invalid_config', () => open({ strategy: 'truncation', budgetTokens }))
    })
  }

  it('M3 an estimator that fails or answers nonsense adds nothing', async ({ open }) => {
    const answers: readonly unknown[] = [-1, 0.5, Number.NaN, '7', undefined, Promise.resolve(7)]
    for (const answer of answers) {
      const tokenEstimator: TokenEstimator = (text) => {
        if (text === 'bad') return answer as number
        return 1
      }
      const store = await open({ strategy: 'truncation', tokenEstimator })
      const session = freshSession()
      await say(store, session, ['good'])
      await assertFails('invalid_config', () => store.addTurn(session, newTurn('bad')))
      await assertHolds(store, session, ['good'])
      await store.close()
    }
  })
}

async function assertShows(
  store: MemoryStore,
  session: ReturnType<typeof freshSession>,
  texts: readonly string[],
): Promise<void> {
  const context = await store.getLlmContext(session)
  assert.deepEqual(recentTexts(context), texts)
  assert.equal(context.tokens, texts.join('').length)
}
