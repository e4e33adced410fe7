import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openAgentStores, type AgentStores } from '@harborage/example-kit/agent-stores'
import { databasePlace } from '@harborage/example-kit/database-place'
import type { DsnCommand } from '@harborage/example-kit/dsn-command'
import { ExitCode } from '@harborage/example-kit/exit-code'
import { say } from '@harborage/example-kit/say'
import { HarborageSession } from '@harborage/openai-agents'
import { run, setTracingDisabled } from '@openai/agents'
import { functionCall, ScriptedModel } from '@openai/agents/testing'
import { AMOUNT, clerk } from './clerk.ts'
import { owner, sessionId } from './owner.ts'
import { startPaymentService } from './payment-service.ts'
import { resumeRun } from './resume-run.ts'

/** Runs the example. Every process that it starts ends with it. */
export async function runDemo({ dsn }: DsnCommand, interrupt: AbortSignal): Promise<ExitCode> {
  setTracingDisabled(true)
  const place = await databasePlace(dsn, 'harborage-openai-agents-')
  const service = await startPaymentService()
  try {
    await using stores = await openAgentStores(place.dsn)
    await stores.journal.delete({ ...owner, sessionId }, 'openai.items')
    say('Harborage  an approved charge is killed, taken over, and made once')
    say(`\n  database   ${place.shown}`)
    const runState = await untilApproval(stores)
    const approval = { runState, url: service.url }
    const first = startProcess([place.dsn, approval.url, runState], interrupt)
    say(`\nProcess ${first.pid}  is told that a person has approved`)
    await service.firstCharge
    const { pid } = process
    say(`\nProcess ${pid}  is told so, too`)
    await resumeRun(stores, approval)
    say('  another process goes on with it')

    first.kill('SIGKILL')
    await once(first, 'exit')
    say(`\nProcess ${first.pid}  ✗ kill -9, after the charge and before its acknowledgment`)
    say(`\nProcess ${pid}  asks again until the claim of the killed process has expired`)
    while ((await resumeRun(stores, approval)) === 'held') {
      await setTimeout(100, undefined, { signal: interrupt })
    }
    say(`\nProcess ${pid}  is told once more`)
    await resumeRun(stores, approval)
    return await prove(stores, service)
  } catch (error) {
    if (!interrupt.aborted) throw error
    say('Stopped.')
    return ExitCode.interrupted
  } finally {
    service.close()
    await place.remove()
  }
}

async function untilApproval({ journal }: AgentStores): Promise<string> {
  const session = new HarborageSession({ journal, owner, sessionId })
  const calls = [functionCall('charge', { amount: AMOUNT }, { callId: 'call_1' })]
  const agent = clerk(new ScriptedModel([calls]), async () => 'it was not approved')
  const { state } = await run(agent, 'I take the lamp.', { session })
  say(`\nProcess ${process.pid}  begins the run`)
  say('  the customer says: I take the lamp.')
  say(`  the model calls charge(${AMOUNT}), which has to be approved`)
  say('  the run state is stored, and nothing runs until a person has answered')
  return state.toString()
}

function startProcess(args: readonly string[], interrupt: AbortSignal): ChildProcess {
  const script = join(import.meta.dirname, 'resume-process.ts')
  const env = { ...process.env, OPENAI_AGENTS_DISABLE_TRACING: '1' }
  const started = spawn(process.execPath, [script, ...args], { stdio: 'inherit', env })
  interrupt.addEventListener('abort', () => started.kill('SIGKILL'), { once: true })
  return started
}

async function prove(
  { journal }: AgentStores,
  { keys, charges }: { readonly keys: readonly string[]; readonly charges: number },
): Promise<ExitCode> {
  const session = new HarborageSession({ journal, owner, sessionId })
  const items = await session.getItems()
  const checks: readonly (readonly [boolean, string])[] = [
    [keys.length === 2 && new Set(keys).size === 1, 'the service was asked twice, with one key'],
    [charges === 1, 'it charged once'],
    [items.length === 4, 'the session has the question, the call, its result and the answer once'],
  ]
  say('\nThe proof')
  for (const [isTrue, text] of checks) say(`  ${isTrue ? '✓' : '✗'} ${text}`)
  return checks.every(([isTrue]) => isTrue) ? ExitCode.ok : ExitCode.failed
}
