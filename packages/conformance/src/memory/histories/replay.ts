import assert from 'node:assert/strict'
import type { RunIdentity } from '@harborage/core'
import { isWithin } from '@harborage/core/kit'
import type { ConversationTurn, MemorySnapshot, MemoryStore, Summarizer } from '@harborage/memory'
import type { MemoryFixture } from '../support/fixture.ts'
import { newTurn, recentTexts } from '../support/conversation.ts'
import { freshIdentity } from '../../support/fresh-identity.ts'
import { subtreeOf } from '../support/subtree-of.ts'
import { concatenated } from '../support/summarizers.ts'
import { endOf, ModelConversation, tokensOf, type ModelRules } from './model.ts'
import type { Step } from './step.ts'

/** A summarizer that keeps the end of all texts, however the turns are divided among its calls. */
const truncating: Summarizer = {
  async summarize(_identity, request) {
    return { summary: endOf(concatenated(request), request.maxTokens) }
  },
}

interface TakenSnapshot {
  readonly snapshot: MemorySnapshot
  readonly model: ModelConversation
}

/** Makes the calls of a history on a store and on the model, and compares both after each call. */
export class Replay {
  readonly #rules: ModelRules
  readonly #open: MemoryFixture['open']
  readonly #isDurable: boolean
  readonly #sessions: readonly {
    readonly identity: Required<RunIdentity>
    readonly model: ModelConversation
  }[]
  readonly #taken: TakenSnapshot[] = []
  #said = 0

  constructor(rules: ModelRules, open: MemoryFixture['open'], isDurable: boolean) {
    this.#rules = rules
    this.#open = open
    this.#isDurable = isDurable
    const owner = freshIdentity()
    this.#sessions = ['first', 'second'].map((sessionId) => ({
      identity: { ...owner, sessionId },
      model: new ModelConversation(rules),
    }))
  }

  async run(steps: readonly Step[]): Promise<void> {
    let store = await this.#openStore()
    for (const [index, step] of steps.entries()) {
      if (step.do === 'reopen') {
        if (!this.#isDurable) continue
        await store.close()
        store = await this.#openStore()
      } else {
        await this.#make(store, step)
      }
      await this.#compare(store, `step ${index} (${step.do})`)
    }
    await store.close()
  }

  #openStore(): Promise<MemoryStore> {
    return this.#open({ ...this.#rules, summarizer: truncating, tokenEstimator: tokensOf })
  }

  async #make(store: MemoryStore, step: Exclude<Step, { do: 'reopen' }>): Promise<void> {
    const session = this.#sessions[step.session]
    assert.ok(session !== undefined)
    const { identity, model } = session
    switch (step.do) {
      case 'add': {
        const turn = this.#nextTurn(step.length)
        await store.addTurn(identity, turn)
        model.add(turn)
        break
      }
      case 'retry': {
        const turn = model.retriable[step.turnsAgo]
        if (turn === undefined) return
        await store.addTurn(identity, turn)
        model.add(turn)
        break
      }
      case 'read':
        await store.getLlmContext(identity)
        break
      case 'compact':
        await store.compact(identity)
        break
      case 'reset':
        await store.restore(identity, { bytes: new Uint8Array() })
        model.reset()
        break
      case 'delete':
        assert.equal(await store.delete(identity), model.reset())
        break
      case 'deleteAll': {
        const subtree = subtreeOf[step.level](identity)
        const within = this.#sessions.filter((each) => isWithin(each.identity, subtree))
        const deleted = within.filter((each) => each.model.reset()).length
        assert.deepEqual(await store.deleteAll(subtree), { deleted, remaining: 0 })
        break
      }
      case 'forget': {
        const turn = model.retriable[step.turnsAgo]
        if (turn?.turnId === undefined || !model.canForget) return
        assert.equal(await store.forget(identity, turn.turnId), model.forget(turn))
        break
      }
      case 'snapshot': {
        const copy = new ModelConversation(this.#rules)
        copy.restore(model)
        this.#taken.unshift({ snapshot: await store.snapshot(identity), model: copy })
        break
      }
      case 'restore': {
        const taken = this.#taken[step.snapshotsAgo]
        if (taken === undefined) return
        await store.restore(identity, taken.snapshot)
        model.restore(taken.model)
      }
    }
  }

  #nextTurn(length: number): ConversationTurn {
    this.#said += 1
    return { ...newTurn(`${this.#said}`.padEnd(length, '.')), assistantResponse: '' }
  }

  async #compare(store: MemoryStore, when: string): Promise<void> {
    await store.settled()
    for (const { identity, model } of this.#sessions) {
      const context = await store.getLlmContext(identity)
      const { summary, tokens } = context
      assert.deepEqual({ summary, texts: recentTexts(context), tokens }, model.context(), when)
      assert.equal(await store.estimateTokens(identity), tokens, when)
      assert.equal(await store.health(identity), 'healthy', when)
    }
  }
}
