import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

import type { BrokenBuild, Figures } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import { startProcess, type RunningProcess } from '../../harness/start-process.ts'
import { inTemporaryFolder } from '../../harness/temporary-folder.ts'
import { checkCallers } from '../../harness/writer/check-callers.ts'
import { acknowledgedOf, CLOSED, failuresOf, isAcknowledgement } from '../../harness/writer/told.ts'
import { writerScript, type WriterOptions } from '../../harness/writer/writer-options.ts'

const run = promisify(execFile)

const DISK_BYTES = 8 * 1024 * 1024
const WRITER = 'writer'
const CALLERS = 3
const OPERATIONS = 40

/** How often the disk is filled while the callers work. */
const FILLS = 4

/** How long a disk stays full that is freed before any call gives up. */
const FULL_MS = 250

/** A timeout with which no call gives up, and one with which every call does. */
const PATIENT_MS = 60_000
const IMPATIENT_MS = 20

/** The number of attempts of a call. The disk is freed at its first failure. */
const ATTEMPTS = 50

/** One way in which a disk is full for a while. */
export interface FullDisk {
  readonly scheme: 'sqlite' | 'fs'
  /** Whether it is freed while the calls still try, or after one has failed. */
  readonly isFreedInTime: boolean
}

/**
 * Repeatedly fills and frees a small disk while a writer works, and checks the answers and the
 * content.
 */
export async function fillDisk(
  { scheme, isFreedInTime }: FullDisk,
  brokenBuild?: BrokenBuild,
): Promise<Figures> {
  return inTemporaryFolder(tmpdir(), async (folder) => {
    const dsnIn = (root: string): string =>
      scheme === 'fs' ? `fs:${join(root, 'artifacts')}` : `sqlite:${join(root, 'a.db')}`
    const options: WriterOptions = {
      dsn: dsnIn(folder),
      writer: WRITER,
      callers: CALLERS,
      operations: OPERATIONS,
      attempts: ATTEMPTS,
      retryTimeoutMs: isFreedInTime ? PATIENT_MS : IMPATIENT_MS,
      stays: true,
    }
    const mount = `mount -t tmpfs -o size=${DISK_BYTES} tmpfs "$0" && exec "$@"`
    const under = ['unshare', '--mount', 'sh', '-c', mount, folder]
    const child = startProcess(writerScript, [JSON.stringify(options)], { brokenBuild, under })
    const exited = once(child, 'exit')
    // The disk is mounted for that process alone; this is its view of it.
    const disk = `/proc/${child.pid}/root${folder}`
    const ballast = new Ballast(join(disk, 'ballast'))
    const told = await fillWhileItWorks(child, ballast, isFreedInTime)
    ballast.remove()
    const copy = join(folder, 'copy')
    const isDone = told.at(-1) === CLOSED
    if (isDone) await run('cp', ['-a', `${disk}/.`, copy])
    child.stdin.end()
    await exited
    const acknowledged = acknowledgedOf(told, CALLERS)
    const found = isDone
      ? await checkCallers({ dsn: dsnIn(copy), writer: WRITER, acknowledged })
      : figures({ violations: [`a writer ended early on a full disk: ${told.at(-1)}`] })
    return sumOf([{ ...found, rounds: 1 }, figures({ violations: judge(told, isFreedInTime) })])
  })
}

/** Resolves to the lines that the writer wrote. */
async function fillWhileItWorks(
  writer: RunningProcess,
  ballast: Ballast,
  isFreedInTime: boolean,
): Promise<readonly string[]> {
  const told: string[] = []
  let fills = 0
  for await (const line of createInterface({ input: writer.stdout })) {
    told.push(line)
    if (line === CLOSED) break
    if (failuresOf([line]).length > 0) ballast.remove()
    const isTime = told.length > ((fills + 1) * CALLERS * OPERATIONS) / (FILLS + 1)
    if (!isTime || fills === FILLS || !isAcknowledgement(line)) continue
    fills += 1
    ballast.fill()
    if (isFreedInTime) setTimeout(() => ballast.remove(), FULL_MS)
  }
  return told
}

/** Returns what is wrong: calls have to wait for room in time, or else fail as unavailable. */
function judge(told: readonly string[], isFreedInTime: boolean): readonly string[] {
  const codes = failuresOf(told)
  if (isFreedInTime)
    return codes.length === 0 ? [] : [`${codes.length} calls did not wait for room`]
  // A writer that ends before the disk is full gets no error, which is not a fault.
  const others = codes.filter((code) => code !== 'store_unavailable')
  return others.length === 0 ? [] : [`a full disk was told as ${[...new Set(others)].join()}`]
}

/** A file that fills the disk. */
class Ballast {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  fill(): void {
    const file = openSync(this.#path, 'w')
    try {
      for (const size of [1024 * 1024, 64 * 1024, 4096]) fillWith(file, Buffer.alloc(size))
    } finally {
      closeSync(file)
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true })
  }
}

function fillWith(file: number, piece: Buffer): void {
  for (;;) {
    try {
      if (writeSync(file, piece) < piece.length) return
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return
      throw error
    }
  }
}
