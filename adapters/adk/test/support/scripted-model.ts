import { BaseLlm, type BaseLlmConnection, type LlmRequest, type LlmResponse } from '@google/adk'

/**
 * Takes the place of a model: it calls the tool `count`, and then says how many messages of the
 * user it was given.
 */
export class ScriptedModel extends BaseLlm {
  constructor() {
    super({ model: 'scripted' })
  }

  override async *generateContentAsync({
    contents,
  }: LlmRequest): AsyncGenerator<LlmResponse, void> {
    const isAnswered = contents.at(-1)?.parts?.some((part) => part.functionResponse !== undefined)
    if (isAnswered !== true) {
      const functionCall = { name: 'count', args: {} }
      yield { content: { role: 'model', parts: [{ functionCall }] } }
      return
    }
    const asked = contents.filter(({ parts = [] }) =>
      parts.some(({ text = '' }) => text.startsWith('message ')),
    )
    yield { content: { role: 'model', parts: [{ text: `I was asked ${asked.length} times.` }] } }
  }

  override connect(): Promise<BaseLlmConnection> {
    return Promise.reject(new Error('the scripted model has no live connection'))
  }
}
