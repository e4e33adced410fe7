import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

import { isFullRun } from '../measure.ts'

/** The folder of a file system in memory on Linux. */
const MEMORY = '/dev/shm'
const PREFIX = 'harborage-test-'
/** Several times the space that the tests need at once. */
const ROOM_BYTES = 6 * 2 ** 30

/**
 * The folder for what tests write in `pnpm test`, on a machine that has plenty of memory: most of
 * them would wait for a disk far longer than for what they test. None of them cuts the power, and
 * those that count what is synchronized trace the calls. The full run keeps everything on disk.
 */
export const memoryFolder: string | undefined =
  !isFullRun && hasRoom() ? join(MEMORY, `${PREFIX}${process.pid}`) : undefined

/** Makes the folder, and removes those of runs that were killed. */
export default function setup(): (() => void) | void {
  if (memoryFolder === undefined) return
  for (const name of readdirSync(MEMORY)) {
    if (isLeftBehind(name)) rmSync(join(MEMORY, name), { recursive: true, force: true })
  }
  // As the temporary folder of the system: a server of another user has its own in it.
  mkdirSync(memoryFolder, { mode: 0o755 })
  return () => rmSync(memoryFolder, { recursive: true, force: true, maxRetries: 5 })
}

function hasRoom(): boolean {
  if (process.platform !== 'linux') return false
  const mounted = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, place]) => place === MEMORY)
  const [, , type, options = ''] = mounted ?? []
  // Some tests start programs that they have copied.
  if (type !== 'tmpfs' || options.split(',').includes('noexec')) return false
  const { bavail, bsize } = statfsSync(MEMORY)
  return Math.min(bavail * bsize, freemem()) >= ROOM_BYTES
}

function isLeftBehind(name: string): boolean {
  const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : Number.NaN
  return Number.isInteger(pid) && !isRunning(pid)
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 only asks whether the process is there.
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
