import { BaseLlm, type BaseLlmConnection, type LlmRequest, type LlmResponse } from '@google/adk'

/** What has to be packed. */
export const PARCELS = ['lamp', 'shade', 'cable', 'bulb', 'box', 'card']

/**
 * Takes the place of a model: it packs the next parcel that the conversation does not say is
 * packed, until all are.
 */
export class PackingModel extends BaseLlm {
  constructor() {
    super({ model: 'packing' })
  }

  override async *generateContentAsync({
    contents,
  }: LlmRequest): AsyncGenerator<LlmResponse, void> {
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
