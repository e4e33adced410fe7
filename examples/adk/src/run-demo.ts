import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { databasePlace } from '@harborage/example-kit/database-place'
import type { DsnCommand } from '@harborage/example-kit/dsn-command'
import { ExitCode } from '@harborage/example-kit/exit-code'
import { say } from '@harborage/example-kit/say'
import { askPacker } from './packer.ts'
import { PARCELS } from './packing-model.ts'
import { key, laterKey, openServices, type Services } from './stores.ts'

/** How many parcels are packed when the process is killed. */
const KILLED_AFTER = 3

/** Runs the example. The process that it starts ends with it. */
export async function runDemo({ dsn }: DsnCommand, interrupt: AbortSignal): Promise<ExitCode> {
  const place = await databasePlace(dsn, 'harborage-adk-')
  try {
    await using services = await openServices(place.dsn)
    const { sessionService, artifactService } = services
    for (const each of [key, laterKey]) await sessionService.deleteSession(each)
    await artifactService.deleteArtifact({ ...key, filename: 'label.txt' })
    const state = { packed: 0, 'user:packed': 0, 'app:packed': 0, 'temp:scratch': 'is not kept' }
    await sessionService.createSession({ ...key, state })
    say('Harborage  an agent of ADK is killed, and another process goes on where it was')
    say(`\n  database   ${place.shown}`)

    const first = startProcess(place.dsn, interrupt)
    say(`\nProcess ${first.pid}  packs the order`)
    await killedAfter(first, KILLED_AFTER)
    if (interrupt.aborted) return stopped()
    say(`\nProcess ${first.pid}  ✗ kill -9, after ${KILLED_AFTER} of ${PARCELS.length}`)
    await showSession(services)

    say(`\nProcess ${process.pid}  goes on`)
    await askPacker(services, 'Go on.')
    await showSession(services)

    say('\nA later session  looks it up, by words')
    await remember(services)
    await sessionService.createSession(laterKey)
    const answer = await askPacker(services, 'What became of order 4711?', laterKey)
    return await prove(services, answer)
  } catch (error) {
    if (!interrupt.aborted) throw error
    return stopped()
  } finally {
    await place.remove()
  }
}

function stopped(): ExitCode {
  say('Stopped.')
  return ExitCode.interrupted
}

function startProcess(dsn: string, interrupt: AbortSignal): ChildProcess {
  const script = join(import.meta.dirname, 'packing-process.ts')
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const started = spawn(process.execPath, [script, dsn], { stdio: [...stdio] })
  interrupt.addEventListener('abort', () => started.kill('SIGKILL'), { once: true })
  return started
}

/** Prints what a process prints, and kills it once it has packed some parcels. */
async function killedAfter(started: ChildProcess, parcels: number): Promise<void> {
  const exited = once(started, 'exit')
  let packed = 0
  if (started.stdout === null) throw new Error('the process has no output')
  for await (const line of createInterface({ input: started.stdout })) {
    if (packed < parcels) say(line)
    if (line.startsWith('  packed')) packed += 1
    if (packed === parcels) started.kill('SIGKILL')
  }
  await exited
}

/** Adds what the session said to the memory. */
async function remember({ sessionService, memoryService }: Services): Promise<void> {
  const session = await sessionService.getSession(key)
  if (session !== undefined) await memoryService.addSessionToMemory(session)
}

async function showSession({ sessionService, artifactService }: Services): Promise<void> {
  const session = await sessionService.getSession(key)
  const versions = await artifactService.listVersions({ ...key, filename: 'label.txt' })
  say(`  session    ${session?.events.length} events, state ${JSON.stringify(session?.state)}`)
  say(`  label.txt  ${versions.length} versions`)
}

async function prove(
  { sessionService, artifactService }: Services,
  answer: string,
): Promise<ExitCode> {
  const session = await sessionService.getSession(key)
  const { events = [], state = {} } = session ?? {}
  const packed = events.flatMap(({ content }) =>
    (content?.parts ?? []).flatMap((part) => part.functionResponse?.response?.['packed'] ?? []),
  )
  const label = await artifactService.loadArtifact({ ...key, filename: 'label.txt' })
  const counts = ['packed', 'user:packed', 'app:packed'].map((name) => state[name])
  const all = PARCELS.length
  const checks: readonly (readonly [boolean, string])[] = [
    [
      packed.map(String).join() === PARCELS.join(),
      'each parcel is in the conversation once, in order',
    ],
    [
      counts.every((count) => count === all),
      'the order, the user and the application count all of them',
    ],
    [!('temp:scratch' in state), 'what was temporary was not kept'],
    [label?.text === `4711 ${PARCELS.at(-1)}`, 'the newest label is that of the last parcel'],
    [answer.includes('Pack order 4711.'), 'a later session remembers the order'],
  ]
  say('\nThe proof')
  for (const [isTrue, text] of checks) say(`  ${isTrue ? '✓' : '✗'} ${text}`)
  return checks.every(([isTrue]) => isTrue) ? ExitCode.ok : ExitCode.failed
}
