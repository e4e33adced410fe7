import type { SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { uuidOf } from './entries.ts'

/** Where Claude Code keeps the transcripts of a project, in the folder of its configuration. */
export function projectFolder(configFolder: string, projectKey: string): string {
  return join(configFolder, 'projects', projectKey)
}

/** Writes entries as Claude Code does: a line of JSON each. */
export async function writeTranscript(
  path: string,
  entries: readonly SessionStoreEntry[],
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
}

/** Returns a conversation as Claude Code writes it: prompts and answers, each after the one before. */
export function conversation(
  session: string,
  length: number,
  others: Readonly<Record<string, unknown>> = {},
): SessionStoreEntry[] {
  return Array.from({ length }, (_, index) => {
    const isPrompt = index % 2 === 0
    const content = `${isPrompt ? 'question' : 'answer'} ${index >> 1} of ${session}`
    return {
      type: isPrompt ? 'user' : 'assistant',
      uuid: uuidOf(`${session} ${index}`),
      parentUuid: index === 0 ? null : uuidOf(`${session} ${index - 1}`),
      sessionId: uuidOf(session),
      timestamp: new Date(Date.UTC(2026, 0, 2) + index * 1000).toISOString(),
      cwd: '/home/ann/app',
      isSidechain: false,
      message: isPrompt
        ? { role: 'user', content }
        : { role: 'assistant', content: [{ type: 'text', text: content }] },
      ...others,
    }
  })
}
