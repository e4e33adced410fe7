import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { JournalStore, StreamCursor } from '@harborage/journal'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import type { BrokenBuild, Figures } from '../../harness/fault-row.ts'
import { figures } from '../../harness/figures.ts'
import { linesUntilKilled } from '../../harness/lines-until-killed.ts'
import { startProcess, type RunningProcess } from '../../harness/start-process.ts'
import { session } from './append-lane.ts'
import type { FollowedLine } from './follow-reader.ts'

const script = join(import.meta.dirname, 'follow-reader.ts')
/** The time that a follower of a broken build has to reach the head. */
const TIME_OF_BROKEN_BUILD_MS = 10_000

/** An entry that was read or followed. */
export interface Seen {
  readonly entryId: string
  readonly position: number
}

/** What is followed. */
export interface Followed {
  readonly dsn: string
  readonly stream: string
  /** How often a process begins again since its server is away. */
  readonly attempts: number
  readonly brokenBuild: BrokenBuild | undefined
  /** Returns after how many lines a process is killed. */
  readonly nextKill: () => number
}

/**
 * Follows a stream by one process after the other. Each is killed, and the next one goes on after
 * what it saw.
 */
export class KilledFollower implements AsyncDisposable {
  readonly #seen: FollowedLine[] = []
  readonly #followed: Followed
  readonly #ended: Promise<void>
  #child: RunningProcess | undefined
  #isStopped = false
  #endedByItself = false

  constructor(followed: Followed) {
    this.#followed = followed
    this.#ended = this.#follow()
  }

  /** Waits until it has seen as many entries as there are, ends, and returns what is wrong. */
  async judge(entries: readonly Seen[]): Promise<Figures> {
    const { brokenBuild } = this.#followed
    const until = Date.now() + (brokenBuild === undefined ? HANG_LIMIT_MS : TIME_OF_BROKEN_BUILD_MS)
    while (this.#entries().length < entries.length && !this.#endedByItself && Date.now() < until) {
      await delay(10)
    }
    await this[Symbol.asyncDispose]()
    const violations = this.#endedByItself ? ['a follower ended by itself, with an error'] : []
    return figures({
      violations: isDeepStrictEqual(this.#entries(), entries)
        ? violations
        : [...violations, 'a follower saw something else'],
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true
    this.#child?.kill('SIGKILL')
    await this.#ended
  }

  #entries(): readonly Seen[] {
    return this.#seen.flatMap(({ entryId, position }) =>
      entryId === undefined ? [] : [{ entryId, position }],
    )
  }

  async #follow(): Promise<void> {
    const { dsn, stream, attempts, brokenBuild, nextKill } = this.#followed
    while (!this.#isStopped && !this.#endedByItself) {
      const last = this.#seen.at(-1)
      const after: StreamCursor | undefined = last && {
        generation: last.generation,
        position: last.position,
      }
      const config = JSON.stringify({ dsn, stream, attempts, after })
      const child = startProcess(script, [config], { brokenBuild })
      this.#child = child
      await linesUntilKilled(child, nextKill(), (line) => {
        this.#seen.push(JSON.parse(line) as FollowedLine)
      })
      this.#endedByItself = child.signalCode !== 'SIGKILL'
    }
  }
}

/** Reads a stream. */
export async function read(journal: JournalStore, stream: string): Promise<readonly Seen[]> {
  const entries: Seen[] = []
  for await (const { entryId, position } of journal.read(session, stream)) {
    entries.push({ entryId, position })
  }
  return entries
}
