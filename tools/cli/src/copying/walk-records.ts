import { isHarborageError, type DumpOptions } from '@harborage/core'
import { CommandFailure } from '../command-failure.ts'
import { printable } from '../output/printable.ts'
import { maintenance, type DumpingStore, type Found } from './dumping-store.ts'

/**
 * Yields the records of a store, without those of a copy itself.
 *
 * @throws CommandFailure that names the first record whose content is damaged.
 */
export async function* walkRecords<Dumped extends object, Place extends object>(
  store: DumpingStore<Dumped, Place>,
  options: Pick<DumpOptions<Place>, 'after' | 'within'> = {},
): AsyncGenerator<Dumped, undefined> {
  const { dumps, placeOf, isOfCopy } = store
  let last = options.after
  try {
    for await (const record of dumps.dump(maintenance, options)) {
      last = placeOf(record)
      if (isOfCopy?.(last) !== true) yield record
    }
  } catch (error) {
    if (!isHarborageError(error, 'artifact_corrupt')) throw error
    const damaged = await firstDamaged(store, last)
    if (damaged === undefined) throw error
    throw new CommandFailure(
      'failed',
      `the content of ${printable(JSON.stringify(damaged))} is damaged: restore it from a backup, or delete it. harborage verify finds all that are`,
    )
  }
  return undefined
}

/** Yields every record of a store, and the places of those whose content is damaged. */
export async function* findRecords<Dumped extends object, Place extends object>(
  store: DumpingStore<Dumped, Place>,
): AsyncGenerator<Found<Dumped, Place>, undefined> {
  if (store.findAll !== undefined) yield* store.findAll()
  else {
    for await (const record of walkRecords(store)) yield { place: store.placeOf(record), record }
  }
  return undefined
}

/** Resolves to the place of the first damaged record after another one. */
async function firstDamaged<Dumped extends object, Place extends object>(
  store: DumpingStore<Dumped, Place>,
  after: Place | undefined,
): Promise<Place | undefined> {
  for await (const { place, record } of findRecords(store)) {
    const isAfter = after === undefined || store.compare(place, after) > 0
    if (record === undefined && isAfter) return place
  }
  return undefined
}
