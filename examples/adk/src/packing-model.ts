import { BaseLlm, type BaseLlmConnection, type LlmRequest, type LlmResponse } from '@google/adk'

/** What has to be packed. */
export const PARCELS = ['lamp', 'shade', 'cable', 'bulb', 'box', 'card']

/**
 * Takes the place of a model: it packs the next parcel that the conversation does not say is
 * packed, until all are. A question it looks up in the memory.
 */
export class PackingModel extends BaseLlm {
  constructor() {
    super({ model: 'packing' })
  }

  override async *generateContentAsync({
    contents,
  }: LlmRequest): AsyncGenerator<LlmResponse, void> {
    const question = contents.find(({ parts = [] }) => parts[0]?.text?.endsWith('?'))
    if (question !== undefined) {
      const [asked] = question.parts ?? []
      const found = contents.at(-1)?.parts?.[0]?.functionResponse
      const part =
        found === undefined
          ? { functionCall: { name: 'load_memory', args: { query: asked?.text } } }
          : { text: `I remember: ${JSON.stringify(found.response?.['memories'])}` }
      yield { content: { role: 'model', parts: [part] } }
      return
    }
    const parts = contents.flatMap((content) => content.parts ?? [])
    const packed = new Set(parts.map((part) => part.functionResponse?.response?.['packed']))
    const next = PARCELS.find((parcel) => !packed.has(parcel))
    const part =
      next === undefined
        ? { text: `All ${PARCELS.length} are packed.` }
        : { functionCall: { name: 'pack', args: { parcel: next } } }
    yield { content: { role: 'model', parts: [part] } }
  }

  override connect(): Promise<BaseLlmConnection> {
    return Promise.reject(new Error('the example has no live connection'))
  }
}
