import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { isHarborageError } from '@harborage/core'

import { integrityOf } from '@harborage/test-kit/sqlite/integrity'
import type { Figures } from '../fault-row.ts'
import { figures, sumOf } from '../figures.ts'
import { inMemory, inTemporaryFolder } from '../temporary-folder.ts'
import { judge, operationsIn } from '../writer/judge.ts'
import { observe, type Picture } from '../writer/observe.ts'
import { openStores, type Durability } from '../writer/open-stores.ts'
import { acknowledgedOf } from '../writer/told.ts'
import type { PowerCut } from './cuts-of.ts'
import { DATABASE, WRITER } from './record.ts'

/** The state of the disk after a power loss, and what the writer was. */
export interface Cut extends PowerCut {
  readonly callers: number
  readonly durability: Durability
}

/** Opens the files after a power loss with the product, and resolves to what is wrong. */
export async function checkCut({ files, told, callers, durability }: Cut): Promise<Figures> {
  return inTemporaryFolder(inMemory, async (folder) => {
    for (const [name, content] of files) await writeFile(join(folder, name), content)
    const path = join(folder, DATABASE)
    try {
      const pictures = await picturesOf(path, callers)
      const found = durability === 'full' ? judgeAll(pictures, told) : judgeTail(pictures, told)
      const integrity = integrityOf(path)
      const violations = integrity === 'ok' ? [] : [`integrity_check: ${String(integrity)}`]
      return sumOf([found, figures({ violations })])
    } catch (error) {
      if (!isHarborageError(error)) throw error
      const violation = `after a cut the product fails: ${error.code}: ${error.message}`
      return figures({ violations: [violation] })
    }
  })
}

async function picturesOf(path: string, callers: number): Promise<readonly Picture[]> {
  await using stores = await openStores(`sqlite:${path}`)
  return await observe(stores, WRITER, callers)
}

function judgeAll(pictures: readonly Picture[], told: readonly string[]): Figures {
  const acknowledged = acknowledgedOf(told, pictures.length)
  return sumOf(
    pictures.map((picture, number) => judge(picture, 'all stores', acknowledged[number] ?? 0)),
  )
}

/**
 * With `durability: 'normal'` the latest operations may be gone, and with each of them all that
 * came after it.
 */
function judgeTail(pictures: readonly Picture[], told: readonly string[]): Figures {
  const acknowledged = acknowledgedOf(told, pictures.length)
  const shown = pictures.map((picture, number) =>
    operationsIn(picture, 'all stores', 0, (acknowledged[number] ?? 0) + 1),
  )
  return sumOf(
    pictures.map((picture, number) => {
      const last = shown[number]
      if (last === undefined) return judge(picture, 'all stores', 0)
      // Its last operation began when the one before it had been acknowledged: what was
      // acknowledged by then is there.
      const begun = told.slice(0, told.indexOf(`${number} ${last - 2}`) + 1)
      const before = acknowledgedOf(begun, pictures.length)
      return figures({ lost: before.filter((count, other) => count > (shown[other] ?? 0)).length })
    }),
  )
}
