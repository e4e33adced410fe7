import { bindUser } from '@harborage/core/adapter'
import { checkClaim, type ClaimOptions, type ClaimResult } from './claim-options.ts'
import { claimSlots, readOutcome, type ClaimSlots } from './claim-slots.ts'
import { KeepAlive } from './keep-alive.ts'
import { RunClaim } from './run-claim.ts'
import type { StateStore } from '@harborage/state'

/**
 * Claims a run that was interrupted, so that one process at a time goes on with it, and none once
 * it was finished. Call it before `RunState.fromString`, with the text that was stored.
 *
 * Two who resume one run state would run its tools twice, and no session prevents it. A claim lets
 * one of them in. It is a lease by the clock of the database: a process that died is taken over
 * after `ttlMs`. For a tool that has an effect outside, such as a charge, pass
 * `claim.idempotencyKey(callId)` on: the process that takes over sends the same key.
 *
 * @throws `identity_required` or `invalid_identity` for the owner or the session; `invalid_config`
 * for another option; `invalid_record` if the stored outcome is damaged; `schema_too_new` if a
 * newer release wrote it; the errors of the state store.
 *
 * @example
 * ```ts
 * import { claimRunState } from '@harborage/openai-agents'
 * import { openStateStore } from '@harborage/state'
 * import { Agent, run, RunState } from '@openai/agents'
 *
 * await using state = await openStateStore()
 * const agent = new Agent({ name: 'Clerk' })
 *
 * async function approve(runState: string): Promise<string | undefined> {
 *   const owner = { tenantId: 'acme', userId: 'ann' }
 *   const result = await claimRunState({ state, owner, runState })
 *   if (result.status === 'held') return undefined
 *   if (result.status === 'finished') return result.outcome
 *   await using claim = result.claim
 *   const resumed = await RunState.fromString(agent, runState)
 *   for (const interruption of resumed.getInterruptions()) resumed.approve(interruption)
 *   const { finalOutput } = await run(agent, resumed, { signal: claim.signal })
 *   await claim.finish(finalOutput)
 *   return finalOutput
 * }
 * ```
 */
export async function claimRunState(options: ClaimOptions): Promise<ClaimResult> {
  const { state, owner, sessionId, runState, ttlMs } = checkClaim(options)
  const slots = claimSlots(bindUser(owner)(), sessionId, runState)
  const earlier = await findOutcome(state, slots)
  if (earlier !== undefined) return earlier
  const takenAt = performance.now()
  const lease = await state.lease(slots.owner, slots.claim, { ttlMs })
  if (lease === undefined) return (await findOutcome(state, slots)) ?? { status: 'held' }
  // Another one may have finished it before the lease was free.
  const finished = await findOutcome(state, slots)
  if (finished === undefined) {
    const keepAlive = new KeepAlive(lease, ttlMs, takenAt)
    return { status: 'claimed', claim: new RunClaim({ state, slots, lease, keepAlive }) }
  }
  await lease.release()
  return finished
}

async function findOutcome(
  state: StateStore,
  slots: ClaimSlots,
): Promise<Extract<ClaimResult, { status: 'finished' }> | undefined> {
  const record = await state.load(slots.owner, slots.outcome)
  if (record === undefined) return undefined
  return { status: 'finished', ...(await readOutcome(record)) }
}
