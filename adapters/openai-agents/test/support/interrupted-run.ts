import { run, type Session } from '@openai/agents'
import { functionCall, ScriptedModel } from '@openai/agents/testing'

import { clerk } from './clerk.ts'

/** Runs the clerk until it waits for an approval. Resolves to the text of its run state. */
export async function interruptedRun(session: Session, callId = 'call_1'): Promise<string> {
  const model = new ScriptedModel([[functionCall('charge', { amount: 42 }, { callId })]])
  const agent = clerk(model, async () => 'it was not approved')
  const { interruptions, state } = await run(agent, 'I take it.', { session })
  if (interruptions.length !== 1) throw new Error('the run waits for one approval')
  return state.toString()
}
