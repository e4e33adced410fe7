import { BaseLlm, type BaseLlmConnection, type LlmRequest, type LlmResponse } from '@google/adk'

/**
 * Takes the place of a model: it looks a question up in the memory, by the tool `load_memory`, and
 * says what that found. It takes note of all else.
 */
export class RecallingModel extends BaseLlm {
  constructor() {
    super({ model: 'recalling' })
  }

  override async *generateContentAsync({
    contents,
  }: LlmRequest): AsyncGenerator<LlmResponse, void> {
    const parts = contents.at(-1)?.parts ?? []
    const response = parts.find((part) => part.functionResponse !== undefined)?.functionResponse
    const query = parts.map(({ text = '' }) => text).join(' ')
    if (response !== undefined) {
      const text = `I remember: ${JSON.stringify(response.response)}`
      yield { content: { role: 'model', parts: [{ text }] } }
    } else if (query.endsWith('?')) {
      const functionCall = { name: 'load_memory', args: { query } }
      yield { content: { role: 'model', parts: [{ functionCall }] } }
    } else {
      yield { content: { role: 'model', parts: [{ text: 'Noted.' }] } }
    }
  }

  override connect(): Promise<BaseLlmConnection> {
    return Promise.reject(new Error('the recalling model has no live connection'))
  }
}
