const body = `
async function main() {
  // Without a key, the SDK says on standard error that it traces nothing.
  setTracingDisabled(true)
  const [path = ''] = process.argv.slice(2)
  const owner = { tenantId: 'acme', userId: 'ann' }
  const database = await openDatabase('sqlite:' + path)
  const journal = await openJournalStore({ database })
  const state = await openStateStore({ database })
  const sessionId = 's1'

  const make = (steps: ConstructorParameters<typeof ScriptedModel>[0]) => new Agent({
    name: 'Clerk',
    model: new ScriptedModel(steps),
    tools: [tool({
      name: 'charge',
      description: 'Charges the customer.',
      parameters: z.object({ amount: z.number() }),
      needsApproval: true,
      execute: async ({ amount }) => 'charged ' + amount,
    })],
  })
  const first = new HarborageSession({ journal, owner, sessionId })
  const calls = [functionCall('charge', { amount: 42 }, { callId: 'call_1' })]
  const waiting = await run(make([calls]), 'I take it.', { session: first })
  const runState = waiting.state.toString()

  const result = await claimRunState({ state, owner, sessionId, runState })
  if (result.status !== 'claimed') throw new Error(result.status)
  const { claim } = result
  const session = new HarborageSession({ journal, owner, sessionId, guard: claim.guard })
  const agent = make([[assistantMessage('Thank you.')]])
  const resumed = await RunState.fromString(agent, runState)
  for (const interruption of resumed.getInterruptions()) resumed.approve(interruption)
  const { finalOutput } = await run(agent, resumed, { session, signal: claim.signal })
  await claim.finish(finalOutput)
  const again = await claimRunState({ state, owner, sessionId, runState })
  const label = streamInspector.describe('openai.items')?.label
  console.log(JSON.stringify([finalOutput, (await session.getItems()).length, again, label]))
  await database.close()
}
void main()
`

const names = {
  '@harborage/core': 'openDatabase',
  '@harborage/journal': 'openJournalStore',
  '@harborage/openai-agents': 'claimRunState, HarborageSession',
  '@harborage/openai-agents/inspect': 'streamInspector',
  '@harborage/state': 'openStateStore',
  '@openai/agents': 'Agent, run, RunState, setTracingDisabled, tool',
  '@openai/agents/testing': 'assistantMessage, functionCall, ScriptedModel',
  zod: 'z',
}

/**
 * A program of someone who uses the OpenAI Agents SDK with its session and its claims on Harborage:
 * a run waits for an approval, and is resumed. It takes the path of an SQLite file.
 */
export const openaiProgram: string = [
  `import '@harborage/driver-sqlite'`,
  ...Object.entries(names).map(([from, imported]) => `import { ${imported} } from '${from}'`),
  body,
].join('\n')

/** The same program as a CommonJS module. */
export const requiredProgram: string = [
  `require('@harborage/driver-sqlite')`,
  ...Object.entries(names).map(([from, imported]) => `const { ${imported} } = require('${from}')`),
  body.replace(/: ConstructorParameters<.+?>\[0\]/, ''),
].join('\n')

/** What the programs print. */
export const PROGRAM_PRINTS: readonly unknown[] = [
  'Thank you.',
  4,
  { status: 'finished', outcome: 'Thank you.' },
  'item',
]
