import { setTimeout } from 'node:timers/promises'
import { FunctionTool, LlmAgent, LOAD_MEMORY, Runner } from '@google/adk'
import { say } from '@harborage/example-kit/say'
import { z } from 'zod'
import { PackingModel } from './packing-model.ts'
import { key, type Services } from './stores.ts'

/** How long one parcel takes, in milliseconds, so that there is something to watch. */
const PACE_MS = 250

/** Packs a parcel: counts it for the order, the packer and the warehouse, and writes a label. */
const pack = new FunctionTool({
  name: 'pack',
  description: 'Packs a parcel.',
  parameters: z.object({ parcel: z.string() }),
  async execute({ parcel }, context) {
    if (context === undefined) throw new Error('a tool is called with a context')
    await setTimeout(PACE_MS)
    const { state } = context
    for (const name of ['packed', 'user:packed', 'app:packed']) {
      state.set(name, (state.get<number>(name) ?? 0) + 1)
    }
    const version = await context.saveArtifact('label.txt', { text: `4711 ${parcel}` })
    return { packed: parcel, version }
  },
})

/** Says something to the packer, prints what it does, and resolves to what it says. */
export async function askPacker(
  services: Services,
  text: string,
  session: typeof key = key,
): Promise<string> {
  const tools = [pack, LOAD_MEMORY]
  const agent = new LlmAgent({ name: 'packer', model: new PackingModel(), tools })
  const runner = new Runner({ appName: session.appName, agent, ...services })
  let said = ''
  say(`  ann says: ${text}`)
  const newMessage = { role: 'user', parts: [{ text }] }
  for await (const { content } of runner.runAsync({ ...session, newMessage })) {
    for (const part of content?.parts ?? []) {
      const packed = part.functionResponse?.response?.['packed']
      if (typeof packed === 'string') say(`  packed    ${packed}`)
      if (part.text === undefined) continue
      said = part.text
      say(`  it says:  ${said}`)
    }
  }
  return said
}
