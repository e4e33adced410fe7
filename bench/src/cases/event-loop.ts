import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import type { Scene } from '../environment/scene.ts'
import { runScript } from '../figures/run-script.ts'
import type { Figure, Survey } from '../measure/benchmark.ts'

const SAVERS = 32
const SLOW_DISK_MS = 20

interface Delays {
  readonly saves: number
  readonly idleP99Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly commitMedianMs: number
  readonly commitP99Ms: number
}

/** Measures how long other work on the event loop waits while 32 callers save on SQLite. */
export function eventLoop(): Survey {
  return {
    id: 'event-loop-sqlite',
    title: `delay of the event loop, ${SAVERS} savers, SQLite, FULL`,
    measure: (scene) => delays(scene, []),
  }
}

/** Measures the same on a slow disk: strace delays every fdatasync. */
export function eventLoopOnSlowDisk(): Survey {
  return {
    id: 'event-loop-slow-disk-sqlite',
    title: `delay of the event loop, ${SAVERS} savers, SQLite, FULL, ${SLOW_DISK_MS} ms for a sync of the disk`,
    measure: async (scene) => {
      const slow = `inject=fdatasync,fsync:delay_enter=${SLOW_DISK_MS}ms`
      const strace = [
        'strace',
        '-f',
        '-qq',
        '-o',
        '/dev/null',
        '-e',
        'trace=fdatasync,fsync',
        '-e',
        slow,
      ]
      await mustRun(strace)
      return delays(scene, strace)
    },
  }
}

async function mustRun([program = '', ...args]: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(program, [...args, 'true'])
  } catch (cause) {
    throw new Error('not measured: strace is missing or not permitted to trace', { cause })
  }
}

async function delays(scene: Scene, under: readonly string[]): Promise<readonly Figure[]> {
  const path = await scene.newFile()
  const seconds = scene.quick ? 1 : 4
  const found = (await runScript('event-loop-process.ts', [path, String(SAVERS), String(seconds)], {
    signal: scene.signal,
    under,
  })) as Delays
  return [
    { label: 'saves per second', value: found.saves / seconds, unit: 'saves' },
    { label: 'one commit of the bare client, median', value: found.commitMedianMs, unit: 'ms' },
    { label: 'one commit of the bare client, p99', value: found.commitP99Ms, unit: 'ms' },
    { label: 'delay of a timer while idle, p99', value: found.idleP99Ms, unit: 'ms' },
    { label: 'delay of a timer while saving, p99', value: found.p99Ms, unit: 'ms' },
    { label: 'delay of a timer while saving, longest', value: found.maxMs, unit: 'ms' },
  ]
}
