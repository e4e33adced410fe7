import type { AgentStores } from '@harborage/example-kit/agent-stores'
import { say } from '@harborage/example-kit/say'
import { claimRunState, HarborageSession } from '@harborage/openai-agents'
import { run, RunState } from '@openai/agents'
import { assistantMessage, ScriptedModel } from '@openai/agents/testing'
import { AMOUNT, clerk } from './clerk.ts'
import { owner, sessionId } from './owner.ts'

/** What a person has approved. */
export interface Approval {
  /** The text of the run state. */
  readonly runState: string
  /** The URL of the payment service. */
  readonly url: string
}

/** Short, so that the example need not wait for long. */
const ttlMs = 2000

/**
 * What a server does when it is told that a person has approved: it goes on with the run, if no
 * other process does. Resolves to what the claim answered.
 */
export async function resumeRun(
  { state, journal }: AgentStores,
  { runState, url }: Approval,
): Promise<'claimed' | 'held' | 'finished'> {
  const result = await claimRunState({ state, owner, sessionId, runState, ttlMs })
  if (result.status === 'finished') say(`  it is finished: ${result.outcome}`)
  if (result.status !== 'claimed') return result.status

  await using claim = result.claim
  const { guard, signal } = claim
  const session = new HarborageSession({ journal, owner, sessionId, guard })
  const model = new ScriptedModel([[assistantMessage(`You paid ${AMOUNT}. Thank you.`)]])
  const agent = clerk(model, async (callId, amount) => {
    const key = claim.idempotencyKey(callId)
    say(`  charges ${amount} with the key ${key.slice(0, 12)}…`)
    const answer = await fetch(url, { method: 'POST', headers: { 'idempotency-key': key } })
    const text = await answer.text()
    say(`  is told: ${text}`)
    return text
  })
  const resumed = await RunState.fromString(agent, runState)
  for (const interruption of resumed.getInterruptions()) resumed.approve(interruption)
  const { finalOutput } = await run(agent, resumed, { session, signal })
  await claim.finish(finalOutput)
  say(`  says: ${finalOutput}`)
  return result.status
}
