/**
 * What a server does when it is told that a person has approved: it goes on with the run, if no
 * other process does. Started by the example with a DSN, the URL of the payment service and the
 * text of the run state. With `wait` it asks again as long as another process goes on with the run.
 */
import { setTimeout } from 'node:timers/promises'
import { claimRunState, HarborageSession } from '@harborage/openai-agents'
import { run, RunState } from '@openai/agents'
import { assistantMessage, ScriptedModel } from '@openai/agents/testing'
import { AMOUNT, clerk } from './clerk.ts'
import { openStores, owner, sessionId } from './stores.ts'

const [, , dsn = '', url = '', runState = '', waits] = process.argv
await using stores = await openStores(dsn)
const { state, journal } = stores

/** Short, so that the example need not wait for long. */
const ttlMs = 2000
const options = { state, owner, sessionId, runState, ttlMs }
let result = await claimRunState(options)
while (result.status === 'held' && waits === 'wait') {
  await setTimeout(100)
  result = await claimRunState(options)
}
if (result.status === 'held') say('another process goes on with it')
if (result.status === 'finished') say(`it is finished: ${result.outcome}`)
if (result.status === 'claimed') {
  await using claim = result.claim
  const session = new HarborageSession({ journal, owner, sessionId, guard: claim.guard })
  const model = new ScriptedModel([[assistantMessage(`You paid ${AMOUNT}. Thank you.`)]])
  const agent = clerk(model, async (callId, amount) => {
    const key = claim.idempotencyKey(callId)
    say(`charges ${amount} with the key ${key.slice(0, 12)}…`)
    const answer = await fetch(url, { method: 'POST', headers: { 'idempotency-key': key } })
    const text = await answer.text()
    say(`is told: ${text}`)
    return text
  })
  const resumed = await RunState.fromString(agent, runState)
  for (const interruption of resumed.getInterruptions()) resumed.approve(interruption)
  const { finalOutput } = await run(agent, resumed, { session, signal: claim.signal })
  await claim.finish(finalOutput)
  say(`says: ${finalOutput}`)
}

function say(text: string): void {
  process.stdout.write(`  ${text}\n`)
}
