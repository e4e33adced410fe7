import { assistant, user, type AgentInputItem } from '@openai/agents'

/** The user of the tests. */
export const ann = { tenantId: 'acme', userId: 'ann' }

/** Returns the text of a message, or the type of another item. */
export function textOf(item: AgentInputItem | undefined): string | undefined {
  if (item === undefined) return undefined
  if (!('content' in item) || item.content === undefined) return item.type
  if (typeof item.content === 'string') return item.content
  const [first] = item.content
  return first !== undefined && 'text' in first ? first.text : item.type
}

/** Returns messages with these texts, of the user and the assistant in turn. */
export function messages(...texts: readonly string[]): AgentInputItem[] {
  return texts.map((text, index) => (index % 2 === 0 ? user(text) : assistant(text)))
}
