import {
  deleteSession,
  forkSession,
  getSessionMessages,
  getSubagentMessages,
  listSessions,
  renameSession,
} from '@anthropic-ai/claude-agent-sdk'
import type { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import { allOfUser } from '@harborage/core'
import { type AgentStores, openAgentStores } from '@harborage/example-kit/agent-stores'
import { databasePlace } from '@harborage/example-kit/database-place'
import type { DsnCommand } from '@harborage/example-kit/dsn-command'
import { ExitCode } from '@harborage/example-kit/exit-code'
import { say } from '@harborage/example-kit/say'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { dir, LENGTHS, writeLocalSession } from './local-session.ts'
import { mirrorSession, sessionStoreOn } from './mirror-session.ts'
import { owner } from './owner.ts'

/** How many entries are acknowledged before the pod is killed. */
const KILLED_AT = 24

type Check = readonly [isTrue: boolean, text: string]

/** Runs the example. Every process that it starts ends with it. */
export async function runDemo({ dsn }: DsnCommand, interrupt: AbortSignal): Promise<ExitCode> {
  const place = await databasePlace(dsn, 'harborage-claude-agent-sdk-')
  const folder = await mkdtemp(join(tmpdir(), 'harborage-claude-config-'))
  // Where the SDK finds the sessions of Claude Code.
  process.env['CLAUDE_CONFIG_DIR'] = folder
  try {
    await using stores = await openAgentStores(place.dsn)
    await stores.journal.deleteAll(allOfUser(owner))
    await stores.state.deleteAll(allOfUser(owner))
    say('Harborage  a Claude session whose pod is killed, and goes on in another one')
    say(`\n  database   ${place.shown}`)
    const sessionId = await writeLocalSession(folder)
    const acknowledged = await mirrorUntilKilled(place.dsn, sessionId, interrupt)
    const store = sessionStoreOn(stores)
    const checks = [
      ...(await goOn(store, sessionId, acknowledged)),
      ...(await useFunctions(store, stores, sessionId)),
    ]
    say('\nThe proof')
    for (const [isTrue, text] of checks) say(`  ${isTrue ? '✓' : '✗'} ${text}`)
    return checks.every(([isTrue]) => isTrue) ? ExitCode.ok : ExitCode.failed
  } catch (error) {
    if (!interrupt.aborted) throw error
    say('Stopped.')
    return ExitCode.interrupted
  } finally {
    await rm(folder, { recursive: true, force: true })
    await place.remove()
  }
}

/** Starts a pod, and kills it while it mirrors. Resolves to the number of acknowledged entries. */
async function mirrorUntilKilled(
  dsn: string,
  sessionId: string,
  interrupt: AbortSignal,
): Promise<number> {
  const script = join(import.meta.dirname, 'mirror-process.ts')
  const pod = spawn(process.execPath, [script, dsn, sessionId], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal: interrupt,
    killSignal: 'SIGKILL',
  })
  const exited = once(pod, 'exit')
  say(`\nPod ${pod.pid}  mirrors a session of ${LENGTHS.session} entries`)
  let acknowledged = 0
  for await (const line of createInterface({ input: pod.stdout })) {
    acknowledged = Number(line)
    say(`  ${`${acknowledged}`.padStart(2)} entries are acknowledged`)
    if (acknowledged >= KILLED_AT) pod.kill('SIGKILL')
  }
  await exited
  say(`Pod ${pod.pid}  ✗ kill -9`)
  return acknowledged
}

/** Mirrors the session again from its beginning, in this process. */
async function goOn(
  store: HarborageSessionStore,
  sessionId: string,
  acknowledged: number,
): Promise<readonly Check[]> {
  const options = { dir, sessionStore: store }
  const before = (await getSessionMessages(sessionId, options)).length
  say(`\nPod ${process.pid}  finds ${before} entries, and mirrors the session from its beginning`)
  await mirrorSession(store, sessionId)
  const messages = await getSessionMessages(sessionId, options)
  const ofSubAgent = await getSubagentMessages(sessionId, '1', options)
  say(`  the session has ${messages.length} entries, and its sub-agent ${ofSubAgent.length}`)
  const uuids = new Set(messages.map(({ uuid }) => uuid))
  return [
    [before >= acknowledged, 'nothing that was acknowledged was lost'],
    [
      messages.length === LENGTHS.session && uuids.size === LENGTHS.session,
      'each entry is there once, although all were mirrored again',
    ],
    [ofSubAgent.length === LENGTHS.subAgent, 'the sub-agent has its own transcript'],
  ]
}

/** Uses the SDK's own functions on the store. */
async function useFunctions(
  sessionStore: HarborageSessionStore,
  { journal, state }: AgentStores,
  sessionId: string,
): Promise<readonly Check[]> {
  const options = { dir, sessionStore }
  const show = async (): Promise<readonly string[]> => {
    const sessions = await listSessions(options)
    for (const { summary, sessionId: id } of sessions) say(`  ${id.slice(0, 8)}  ${summary}`)
    return sessions.map(({ summary }) => summary)
  }
  say('\nlistSessions()')
  const listed = await show()
  say("\nrenameSession() to 'The red build', and forkSession() after its first answer")
  await renameSession(sessionId, 'The red build', options)
  const [, answer] = await getSessionMessages(sessionId, { ...options, limit: 2 })
  const upToMessageId = answer?.uuid ?? ''
  const fork = await forkSession(sessionId, { ...options, upToMessageId, title: 'Another fix' })
  const named = await show()
  const forked = await getSessionMessages(fork.sessionId, options)
  say('\ndeleteSession() of both')
  await deleteSession(sessionId, options)
  await deleteSession(fork.sessionId, options)
  const left = await countTraces(
    journal.streams(allOfUser(owner)),
    state.sessions(allOfUser(owner)),
  )
  say(`  ${left} streams and sessions are left`)
  return [
    [listed.join() === 'Why is the build red?', 'the SDK lists it by its first prompt'],
    [named.join() === 'Another fix,The red build', 'a new title and a fork are listed'],
    [forked.length === 2, 'the fork ends after the first answer'],
    [left === 0, 'deletion leaves no trace, also not of the sub-agent'],
  ]
}

/** Resolves to the number of items of some walks. */
async function countTraces(...walks: readonly AsyncIterable<unknown>[]): Promise<number> {
  let count = 0
  for (const walk of walks) for await (const _ of walk) count += 1
  return count
}
