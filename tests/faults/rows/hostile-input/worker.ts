/** Calls every public function with junk, and reports outcomes that are not allowed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { FuzzingLine } from '../../harness/fuzzing-process.ts'
import { isBroken } from '../../harness/this-build.ts'
import { openStores, type Place } from './stores.ts'
import { Fuzzing } from './fuzzing.ts'

export interface WorkerConfig {
  readonly place: Place
  readonly dsn: string
  readonly seed: number
  readonly calls: number
}

const config = JSON.parse(process.argv[2] ?? '') as WorkerConfig
// Some junk is taken for the name of a file.
const folder = await mkdtemp(join(tmpdir(), 'harborage-hostile-'))
process.chdir(folder)
try {
  await using stores = await openStores(config.place, config.dsn)
  const fuzzing = new Fuzzing(stores, config.seed)
  await fuzzing.begin()
  for (let done = 0; done < config.calls && !(isBroken && fuzzing.hasNoticed); done += 1) {
    await fuzzing.callOnce()
    if (done % 1_000 === 999) {
      await fuzzing.control()
      write({ done: done + 1 })
    }
  }
  await fuzzing.control()
  write({ found: fuzzing.found() })
} finally {
  await rm(folder, { recursive: true, force: true })
}

function write(line: FuzzingLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
