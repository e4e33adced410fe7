import { HarborageError, isHarborageError, type Part } from '@harborage/core'
import { digestOf } from '@harborage/core/adapter'
import type { Lease, StateStore } from '@harborage/state'
import { outcomeRecord, type ClaimSlots } from './claim-slots.ts'
import type { KeepAlive } from './keep-alive.ts'

/** What a claim is made of. */
export interface ClaimParts {
  readonly state: StateStore
  readonly slots: ClaimSlots
  readonly lease: Lease
  readonly keepAlive: KeepAlive
}

/**
 * The right to go on with a run. It is renewed by itself until it is finished or released. If its
 * process dies, another one can claim the run once it has expired.
 */
export class RunClaim implements AsyncDisposable {
  /** A number that is greater than that of every earlier claim of the run. */
  readonly token: number
  /**
   * Is aborted once the claim is lost, with a `lease_lost` as its reason. Pass it to `run` of the
   * SDK as its `signal`.
   */
  readonly signal: AbortSignal
  readonly #parts: ClaimParts

  /** @internal */
  constructor(parts: ClaimParts) {
    this.token = parts.lease.token
    this.signal = parts.keepAlive.signal
    this.#parts = parts
  }

  /**
   * Returns a condition that fails once another process has claimed the run, as a part of a step.
   * Pass the method to a `HarborageSession` as its `guard`.
   */
  readonly guard = (): Part<unknown> => {
    const { state, lease } = this.#parts
    return state.prepare.expect(lease.expectation)
  }

  /**
   * Returns an idempotency key for a tool call, for a service that does its work once per key. It
   * is the same in every process that goes on with the same run state, so that one that takes over
   * sends the same key again. That holds for calls that the run state has, such as those that
   * waited for an approval: calls of a model that is asked again may have other ids.
   *
   * @param callId The id of the call, which a tool finds in `details.toolCall.callId`.
   * @returns 47 letters, digits, `-` and `_`.
   * @throws `invalid_record` if the id is no text.
   */
  idempotencyKey(callId: string): string {
    const given: unknown = callId
    if (typeof given !== 'string' || given === '') {
      throw new HarborageError(
        'invalid_record',
        'callId is no text: pass details.toolCall.callId of the tool',
      )
    }
    const { owner, digest } = this.#parts.slots
    const { tenantId, userId, sessionId } = owner
    const content = JSON.stringify([tenantId, userId, sessionId, digest, given])
    return `hrb_${digestOf(content)}`
  }

  /**
   * Ends the claim for good: who claims the same run state later gets `'finished'` and the outcome.
   * May be repeated after a failure.
   *
   * @param outcome What later claims get, such as the final output, or the text of the next run
   * state if the run was interrupted again. Default: nothing.
   * @throws `condition_failed` if another process has claimed the run meanwhile. Nothing was
   * written then, and the outcome of the other one counts. `invalid_record` if the outcome is no
   * text.
   */
  async finish(outcome?: string): Promise<void> {
    const { state, slots, lease, keepAlive } = this.#parts
    const given: unknown = outcome
    if (given !== undefined && typeof given !== 'string') {
      throw new HarborageError('invalid_record', 'outcome is no text: pass a text or leave it out')
    }
    const record = await outcomeRecord(slots, outcome)
    try {
      await state.commit({ expect: [lease.expectation], save: [record] })
    } catch (error) {
      throw asOvertaken(error)
    }
    keepAlive.stop()
    await lease.release()
  }

  /** Releases the run unfinished, so that another process can claim it at once. Idempotent. */
  async release(): Promise<void> {
    const { lease, keepAlive } = this.#parts
    keepAlive.stop()
    await lease.release()
  }

  /** Releases the run, unless it is finished. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release()
  }
}

/** Returns the error of a claim that is no longer held. Returns any other error as it is. */
function asOvertaken(error: unknown): unknown {
  if (!isHarborageError(error, 'condition_failed')) return error
  return new HarborageError(
    'condition_failed',
    'another process has claimed the run since, or the claim was erased, so the outcome was not written: discard it, and claim the run state again for that of the other one',
    { cause: error },
  )
}
