import { claimRunState, HarborageSession, type RunClaim } from '@harborage/openai-agents'
import type { JournalStore } from '@harborage/journal'
import type { StateStore } from '@harborage/state'
import { run, RunState } from '@openai/agents'
import { assistantMessage, ScriptedModel } from '@openai/agents/testing'

import { ann } from './batches.ts'
import { clerk, type Charge } from './clerk.ts'

/** Approves what a claimed run waits for, and goes on with it to its end. */
export async function resume(
  claim: RunClaim,
  session: HarborageSession,
  runState: string,
  charge: Charge,
): Promise<string> {
  const agent = clerk(new ScriptedModel([[assistantMessage('You paid 42.')]]), charge)
  const state = await RunState.fromString(agent, runState)
  for (const interruption of state.getInterruptions()) state.approve(interruption)
  const { finalOutput } = await run(agent, state, { session, signal: claim.signal })
  await claim.finish(finalOutput)
  return String(finalOutput)
}

/** Returns the session of a run, whose writes fail once the claim was lost. */
export function guardedSession(
  journal: JournalStore,
  owner: { tenantId: string; userId: string },
  claim: RunClaim,
): HarborageSession {
  return new HarborageSession({ journal, owner, sessionId: 's1', guard: claim.guard })
}

/**
 * Resumes a run as a server does whose webhook is called. Resolves to `held`, `finished` or `done`,
 * and the outcome.
 */
export async function resumeOnce(
  { state, journal }: { readonly state: StateStore; readonly journal: JournalStore },
  {
    url,
    runState,
    ttlMs,
  }: { readonly url: string; readonly runState: string; readonly ttlMs: number },
): Promise<string> {
  const claimed = await claimRunState({ state, owner: ann, sessionId: 's1', runState, ttlMs })
  if (claimed.status === 'held') return 'held'
  if (claimed.status === 'finished') return `finished ${claimed.outcome}`
  const { claim } = claimed
  const session = guardedSession(journal, ann, claim)
  const outcome = await resume(claim, session, runState, async (callId) => {
    const headers = { 'idempotency-key': claim.idempotencyKey(callId) }
    return (await fetch(url, { method: 'POST', headers })).text()
  })
  return `done ${outcome}`
}
