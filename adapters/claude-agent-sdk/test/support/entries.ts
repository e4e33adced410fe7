import type { SessionKey, SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'
import { createHash } from 'node:crypto'

/** The user of the tests. */
export const ann = { tenantId: 'acme', userId: 'ann' }

/** The project of the tests. */
export const PROJECT = '-home-ann-app'

/** Returns a UUID that is always the same for a name. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`]
    .concat(hex.slice(20, 32))
    .join('-')
}

/** Returns the key of the main transcript of a session. */
export function keyOf(session: string, projectKey: string = PROJECT): SessionKey {
  return { projectKey, sessionId: uuidOf(session) }
}

/** Returns the key of the transcript of a sub-agent. */
export function subKeyOf(session: string, agent: string): SessionKey {
  return { ...keyOf(session), subpath: `subagents/agent-${agent}` }
}

/** Returns an entry with a uuid, as the SDK writes for a prompt. */
export function message(
  text: string,
  others: Readonly<Record<string, unknown>> = {},
): SessionStoreEntry {
  return {
    type: 'user',
    uuid: uuidOf(text),
    timestamp: '2026-01-02T03:04:05.678Z',
    message: { role: 'user', content: text },
    ...others,
  }
}

/** Returns an entry without a uuid, as the SDK writes for a title. */
export function title(customTitle: string): SessionStoreEntry {
  return { type: 'custom-title', customTitle }
}

/** Returns entries with these texts. */
export function messages(...texts: readonly string[]): SessionStoreEntry[] {
  return texts.map((text) => message(text))
}

/** Returns the texts of entries, and the types of those without one. */
export function textsOf(entries: readonly SessionStoreEntry[] | null): string[] {
  return (entries ?? []).map(({ type, customTitle, message: content }) => {
    const isMessage = typeof content === 'object' && content !== null
    const text: unknown = isMessage ? Reflect.get(content, 'content') : customTitle
    return typeof text === 'string' ? text : type
  })
}
