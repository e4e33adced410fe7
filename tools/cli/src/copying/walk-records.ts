import { maintenance, type DumpingStore } from './dumping-store.ts'

/** Yields the records of a store after a place, without those of a copy itself. */
export async function* walkRecords<Dumped extends object, Place extends object>(
  { dumps, placeOf, isOfCopy }: DumpingStore<Dumped, Place>,
  after?: Place,
): AsyncGenerator<Dumped, undefined> {
  for await (const record of dumps.dump(maintenance, after === undefined ? {} : { after })) {
    if (isOfCopy?.(placeOf(record)) !== true) yield record
  }
  return undefined
}
