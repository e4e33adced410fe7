import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { isHarborageError } from '@harborage/core'

import { integrityOf } from '../../sqlite/integrity.ts'
import type { Figures } from '../harness/fault-row.ts'
import { figures, sumOf } from '../harness/figures.ts'
import { acknowledgedOf } from '../harness/workload/acknowledged.ts'
import { judge, operationsIn } from '../harness/workload/judge.ts'
import { observe, type Picture } from '../harness/workload/observe.ts'
import { openStores, type Durability } from '../harness/workload/open-stores.ts'
import { CALLERS, DATABASE, WRITER } from './record.ts'

/** What was left when the power went. */
export interface Cut {
  readonly files: ReadonlyMap<string, Uint8Array>
  /** What had been acknowledged by then, line by line. */
  readonly told: readonly string[]
  readonly durability: Durability
}

/** What is wrong with what the product makes of the files that were left. */
export async function checkCut({ files, told, durability }: Cut, parent: string): Promise<Figures> {
  const folder = await mkdtemp(join(parent, 'cut-'))
  try {
    for (const [name, content] of files) await writeFile(join(folder, name), content)
    const path = join(folder, DATABASE)
    const pictures = await picturesOf(path)
    const found =
      durability === 'full'
        ? sumOf(
            pictures.map((picture, number) =>
              judge(picture, 'all stores', acknowledgedOf(told, CALLERS)[number] ?? 0),
            ),
          )
        : judgeTail(pictures, told)
    const integrity = integrityOf(path)
    const violations = integrity === 'ok' ? [] : [`integrity_check: ${String(integrity)}`]
    return sumOf([found, figures({ violations })])
  } catch (error) {
    if (!isHarborageError(error)) throw error
    return figures({
      violations: [`after a cut the product fails: ${error.code}: ${error.message}`],
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function picturesOf(path: string): Promise<readonly Picture[]> {
  await using stores = await openStores(`sqlite:${path}`)
  return await observe(stores, WRITER, CALLERS)
}

/** With `durability: 'normal'` the latest operations may be gone, and with each of them all that came after it. */
function judgeTail(pictures: readonly Picture[], told: readonly string[]): Figures {
  const acknowledged = acknowledgedOf(told, CALLERS)
  const shown = pictures.map((picture, number) =>
    operationsIn(picture, 'all stores', 0, (acknowledged[number] ?? 0) + 1),
  )
  return sumOf(
    pictures.map((picture, number) => {
      const last = shown[number]
      if (last === undefined) return judge(picture, 'all stores', 0)
      // Its last operation began after the one before it was acknowledged: what had been acknowledged by then is there.
      const before = acknowledgedOf(
        told.slice(0, told.indexOf(`${number} ${last - 2}`) + 1),
        CALLERS,
      )
      const lost = before.filter((count, other) => count > (shown[other] ?? count)).length
      return figures({ lost })
    }),
  )
}
