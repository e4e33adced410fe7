import type { SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The folder that the session was in. */
export const dir = '/home/ann/app'
/** What the SDK makes of the folder. */
const PROJECT = '-home-ann-app'

/** The number of entries of the session, and of its sub-agent. */
export const LENGTHS = { session: 60, subAgent: 8 } as const

const WORDS = [
  ['Why is the build red?', 'The test of the parser fails since Monday.'],
  ['Which commit broke it?', 'The one that made the lexer lazy. I look at what it changed.'],
  ['Can you fix it?', 'Yes: the end of the input was read twice. The tests are green again.'],
] as const

/**
 * Writes a session as Claude Code leaves it on the disk of a pod: a line of JSON for each entry.
 * Resolves to its id.
 *
 * @param configFolder What `CLAUDE_CONFIG_DIR` names.
 */
export async function writeLocalSession(configFolder: string): Promise<string> {
  const sessionId = randomUUID()
  const project = join(configFolder, 'projects', PROJECT)
  const subAgent = join(project, sessionId, 'subagents', 'agent-1.jsonl')
  await writeLines(join(project, `${sessionId}.jsonl`), entriesOf(sessionId, LENGTHS.session))
  await writeLines(subAgent, entriesOf(sessionId, LENGTHS.subAgent, true))
  return sessionId
}

function entriesOf(sessionId: string, length: number, isSidechain = false): SessionStoreEntry[] {
  const begin = Date.now() - length * 1000
  let parentUuid: string | null = null
  return Array.from({ length }, (_, index) => {
    const role = index % 2 === 0 ? 'user' : 'assistant'
    const [question, answer] = WORDS[(index >> 1) % WORDS.length] ?? WORDS[0]
    const entry = {
      type: role,
      uuid: randomUUID(),
      parentUuid,
      sessionId,
      timestamp: new Date(begin + index * 1000).toISOString(),
      cwd: dir,
      isSidechain,
      ...(isSidechain ? { agentId: '1' } : {}),
      message: { role, content: [{ type: 'text', text: role === 'user' ? question : answer }] },
    }
    parentUuid = entry.uuid
    return entry
  })
}

async function writeLines(path: string, entries: readonly SessionStoreEntry[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
}
