import type { BaseMessage } from '@langchain/core/messages'
import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages'
import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import type { ChatResult } from '@langchain/core/outputs'

/** A call of a tool that the model wants. */
interface WantedCall {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/**
 * A chat model that needs no key and no network: it decides by rules, from what the messages say,
 * so that it decides the same in every process. Put any chat model of LangChain in its place.
 */
export class RuleModel extends BaseChatModel {
  constructor() {
    super({})
  }

  override _llmType(): string {
    return 'rules'
  }

  override async _generate(messages: readonly BaseMessage[]): Promise<ChatResult> {
    const message = decide(messages)
    return { generations: [{ message, text: message.text }] }
  }
}

function decide(messages: readonly BaseMessage[]): AIMessage {
  const order = orderOf(messages)
  const results = resultsOf(messages)
  const refund = results.get('refund')
  if (refund !== undefined) {
    return new AIMessage(
      refund === 'declined'
        ? 'Sorry. I cannot refund the lamp; a new one is coming.'
        : `Sorry about the lamp. ${refund}, a new one is coming.`,
    )
  }
  if (results.has('ask_carrier') && results.has('ask_warehouse')) {
    return wanting('It broke on the way: this is worth a refund.', [
      { name: 'refund', args: { order, amount: 49.9 } },
    ])
  }
  if (results.has('read_order')) {
    return wanting('I ask the carrier and the warehouse, both at once.', [
      { name: 'ask_carrier', args: { order } },
      { name: 'ask_warehouse', args: { item: 'desk lamp' } },
    ])
  }
  return wanting('I read the order first.', [{ name: 'read_order', args: { order } }])
}

function wanting(text: string, calls: readonly WantedCall[]): AIMessage {
  return new AIMessage({
    content: text,
    tool_calls: calls.map(({ name, args }) => ({ type: 'tool_call', id: name, name, args })),
  })
}

/** Returns the number of the order that the customer wrote about. */
function orderOf(messages: readonly BaseMessage[]): string {
  const question = messages.find((message) => HumanMessage.isInstance(message))
  return /\d+/.exec(question?.text ?? '')?.[0] ?? ''
}

/** Returns what the tools answered, by the name of the tool. */
function resultsOf(messages: readonly BaseMessage[]): ReadonlyMap<string, string> {
  return new Map(
    messages
      .filter((message) => ToolMessage.isInstance(message))
      .map((message) => [message.name ?? '', message.text]),
  )
}
