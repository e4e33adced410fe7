import { LlmAgent, Runner, type BaseLlm, type BaseTool } from '@google/adk'
import {
  HarborageArtifactService,
  HarborageMemoryService,
  HarborageSessionService,
} from '@harborage/adk'
import { acme } from './events.ts'
import type { Stores } from './places.ts'

/** Returns a runner of an agent on the stores. */
export function runnerOf(
  { artifacts, journal, memory, state }: Stores,
  model: BaseLlm,
  tools: readonly BaseTool[] = [],
): Runner {
  return new Runner({
    appName: 'shop',
    agent: new LlmAgent({ name: 'clerk', model, tools: [...tools] }),
    sessionService: new HarborageSessionService({ state, journal, tenant: acme }),
    memoryService: new HarborageMemoryService({ memory, tenant: acme }),
    artifactService: new HarborageArtifactService({ artifacts, state, tenant: acme }),
  })
}

/** Says something to the agent. Resolves to the texts of its events. */
export async function say(
  runner: Runner,
  text: string,
  sessionId: string = 's1',
): Promise<readonly string[]> {
  const newMessage = { role: 'user', parts: [{ text }] }
  const said: string[] = []
  for await (const event of runner.runAsync({ userId: 'ann', sessionId, newMessage })) {
    said.push((event.content?.parts ?? []).map((part) => part.text ?? '').join(''))
  }
  return said
}
