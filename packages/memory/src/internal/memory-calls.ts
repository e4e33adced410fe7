import { isHarborageError, type CallOptions, type RunIdentity } from '@harborage/core'
import { checkSignal, untilAborted, type CallGate } from '@harborage/core/kit'
import type { Strategy } from '../conversation.ts'
import type {
  Conversation,
  HeldMemory,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
  ReadSet,
} from '../memory-driver.ts'
import type { MemoryEvents } from '../memory-events.ts'
import { checkedIdentity, pendingSignal } from './call-arguments.ts'
import { changeConversation } from './change-conversation.ts'
import { checkStrategy } from './check-strategy.ts'
import { decideDeletion, replacementReadSet } from './decide-replacement.ts'
import { rejectIdentity } from './reject-identity.ts'

/** The parts of a store that its calls use. */
export interface CallDependencies {
  readonly gate: CallGate
  readonly driver: MemoryDriver
  readonly strategy: Strategy
  readonly events: MemoryEvents
}

/** The steps that the calls of a store share. */
export class MemoryCalls {
  readonly #gate: CallGate
  readonly #driver: MemoryDriver
  readonly #strategy: Strategy
  readonly #events: MemoryEvents

  constructor({ gate, driver, strategy, events }: CallDependencies) {
    this.#gate = gate
    this.#driver = driver
    this.#strategy = strategy
    this.#events = events
  }

  /**
   * Makes a call. Reads its arguments before it waits for anything, so that later changes of them
   * have no effect.
   *
   * @param prepare Checks the other arguments, and returns the work to do.
   */
  async call<Result>(
    operation: string,
    identity: RunIdentity,
    options: CallOptions | undefined,
    prepare: (owner: Required<RunIdentity>) => () => Promise<Result>,
  ): Promise<Result> {
    const owner = this.#gate.read(operation, () => checkedIdentity(identity))
    if (isHarborageError(owner)) {
      this.#gate.refuse(operation, owner)
      const signal = pendingSignal(options)
      const rejecting = rejectIdentity(this.#events, operation, identity, owner)
      // A close does not wait for this.
      throw await (signal === undefined ? rejecting : untilAborted(signal, rejecting))
    }
    const { work, signal } = this.#gate.read(operation, () => ({
      work: prepare(owner),
      signal: checkSignal(options),
    }))
    return this.#gate.run(signal, work, operation)
  }

  /** @throws `strategy_mismatch` */
  async read(owner: Required<RunIdentity>): Promise<Conversation> {
    if (this.#strategy === 'none') {
      await this.header(owner)
      return { header: undefined, summary: '', turns: [] }
    }
    const conversation = await this.#driver.read(owner)
    checkStrategy(conversation.header, this.#strategy)
    return conversation
  }

  /** @throws `strategy_mismatch` */
  async header(owner: Required<RunIdentity>): Promise<MemoryHeader | undefined> {
    const header = await this.#driver.readHeader(owner)
    checkStrategy(header, this.#strategy)
    return header
  }

  /** Deletes a conversation of any strategy, and resolves to whether there was one. */
  async erase(owner: Required<RunIdentity>, reason: 'restored' | 'deleted'): Promise<boolean> {
    const deleting = decideDeletion(reason)
    const { existed, steps } = await changeConversation(
      this.#driver,
      owner,
      replacementReadSet,
      deleting,
    )
    this.#events.healthChanged(owner, steps)
    return existed
  }

  /** @throws `strategy_mismatch` */
  change<Result>(
    owner: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return changeConversation(this.#driver, owner, readSet, (held) => {
      checkStrategy(held.header, this.#strategy)
      return decide(held)
    })
  }
}
