import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { BenchServer } from './postgres.ts'
import type { Scene } from './scene.ts'

/** The part of a scene that is the same for every case of a run. */
export type Staging = Pick<Scene, 'quick' | 'signal' | 'builds' | 'withOthers'>

/** The temporary folder of a run. */
export interface Workplace extends AsyncDisposable {
  /** Runs the work with a scene, and removes the scene afterward. */
  stage<Result>(
    options: Staging,
    server: BenchServer | undefined,
    work: (scene: Scene) => Promise<Result>,
  ): Promise<Result>
}

export async function openWorkplace(): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-bench-'))
  const removeAtExit = (): void => rmSync(folder, { recursive: true, force: true })
  process.on('exit', removeAtExit)
  let files = 0
  return {
    stage: async (options, server, work) => {
      const endings: (() => Promise<void> | void)[] = []
      const scene: Scene = {
        ...options,
        newFile: async () => {
          files += 1
          const inside = await mkdtemp(join(folder, `${files}-`))
          endings.push(() => rm(inside, { recursive: true, force: true }))
          return join(inside, 'bench.db')
        },
        newDatabase: async () => {
          if (server === undefined) throw new Error('there is no PostgreSQL server')
          const dsn = await server.newDatabase()
          endings.push(() => server.dropDatabase(dsn))
          return dsn
        },
        onEnd: (ending) => void endings.push(ending),
      }
      try {
        return await work(scene)
      } finally {
        for (const ending of endings.toReversed()) await ending()
      }
    },
    [Symbol.asyncDispose]: async () => {
      process.off('exit', removeAtExit)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
