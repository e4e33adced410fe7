import { compareRefs } from '@harborage/artifacts'
import {
  isHarborageError,
  type DumpOptions,
  type LoadedDump,
  type MaintenanceScope,
} from '@harborage/core'
import { compareNames, compareOwners } from '@harborage/core/kit'
import type { JournalPlace } from '@harborage/journal'
import type { PassagePlace } from '@harborage/memory'
import { artifactsOf } from '../places/artifacts-of.ts'
import type { OpenStores } from '../places/open-place.ts'
import type { DumpName } from '../profile/profile.ts'
import { isSlotOfCopy } from './slots-of-copy.ts'

/** The scope of calls that cross identities. */
export const maintenance: MaintenanceScope = { maintenanceScoped: true }

/** The calls of a store that dump and load it. */
export interface Dumps<Dumped, Place> {
  dump(scope: MaintenanceScope, options?: DumpOptions<Place>): AsyncIterable<Dumped>
  loadDump(scope: MaintenanceScope, records: readonly Dumped[]): Promise<LoadedDump>
}

/** A store that is copied or compared, with what the commands need to know of its records. */
export interface DumpingStore<Dumped, Place> {
  readonly store: DumpName
  readonly dumps: Dumps<Dumped, Place>
  /** Returns what names a record, without its content: plain JSON. */
  readonly placeOf: (record: Dumped) => Place
  /** Compares two places in the order of a dump. */
  readonly compare: (left: Place, right: Place) => number
  /** Returns approximately how many bytes a record holds. */
  readonly sizeOf: (record: Dumped) => number
  /** Returns whether a place is of a copy itself. Default: none is. */
  readonly isOfCopy?: (place: Place) => boolean
  /**
   * Yields every record in the order of a dump, and in place of one whose content is damaged only
   * its place. Default: a dump fails there.
   */
  readonly findAll?: (range: WalkRange<Place>) => AsyncIterable<Found<Dumped, Place>>
}

/** What part of a store is walked. Default: all of it. */
export type WalkRange<Place> = Pick<DumpOptions<Place>, 'after' | 'within'>

/** A record that was found; `undefined` if its content is damaged. */
export interface Found<Dumped, Place> {
  readonly place: Place
  readonly record: Dumped | undefined
}

/** Does the same with each store of two sides. */
export interface PairVisitor<Result> {
  visit<Dumped extends object, Place extends object>(
    from: DumpingStore<Dumped, Place>,
    to: DumpingStore<Dumped, Place>,
  ): Promise<Result>
}

/**
 * Visits the stores of the second side, one after the other. One that the first side lacks is
 * visited as an empty one there.
 */
export async function visitPairs<Result>(
  from: OpenStores,
  to: OpenStores,
  visitor: PairVisitor<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  const visit = async <Dumped extends object, Place extends object>(
    left: DumpingStore<Dumped, Place> | undefined,
    right: DumpingStore<Dumped, Place> | undefined,
  ): Promise<void> => {
    if (right !== undefined) results.push(await visitor.visit(left ?? emptyLike(right), right))
  }
  await visit(from.state && ofState(from.state), to.state && ofState(to.state))
  await visit(
    from.artifacts && ofArtifacts(from.artifacts),
    to.artifacts && ofArtifacts(to.artifacts),
  )
  await visit(from.memory && ofMemory(from.memory.store), to.memory && ofMemory(to.memory.store))
  await visit(
    from.memory && ofPassages(from.memory.store.passages),
    to.memory && ofPassages(to.memory.store.passages),
  )
  await visit(from.journal && ofJournal(from.journal), to.journal && ofJournal(to.journal))
  return results
}

/** Returns a store of the same kind that holds nothing. */
function emptyLike<Dumped, Place>(store: DumpingStore<Dumped, Place>): DumpingStore<Dumped, Place> {
  const dumps: Dumps<Dumped, Place> = {
    async *dump() {},
    loadDump: (scope, records) => store.dumps.loadDump(scope, records),
  }
  return { ...store, dumps, ...(store.findAll !== undefined && { async *findAll() {} }) }
}

type DumpedOf<Store extends { dump(...given: never[]): AsyncIterable<unknown> }> =
  ReturnType<Store['dump']> extends AsyncIterable<infer Dumped> ? Dumped : never

type State = NonNullable<OpenStores['state']>
type Artifacts = NonNullable<OpenStores['artifacts']>
type Memory = NonNullable<OpenStores['memory']>['store']
type Passages = Memory['passages']
type Journal = NonNullable<OpenStores['journal']>

function ofState(dumps: State): DumpingStore<DumpedOf<State>, SlotPlace> {
  return {
    store: 'state',
    dumps,
    placeOf: ({ identity, kind }) => ({ identity, kind }),
    compare: (left, right) =>
      compareOwners(left.identity, right.identity) || compareNames(left.kind, right.kind),
    sizeOf: ({ bytes }) => bytes.byteLength,
    isOfCopy: isSlotOfCopy,
  }
}

type SlotPlace = Pick<DumpedOf<State>, 'identity' | 'kind'>
type ArtifactPlace = Pick<DumpedOf<Artifacts>['ref'], 'scope' | 'namespace' | 'id'>
type ConversationPlace = Pick<DumpedOf<Memory>, 'identity'>

function ofArtifacts(dumps: Artifacts): DumpingStore<DumpedOf<Artifacts>, ArtifactPlace> {
  return {
    store: 'artifacts',
    dumps,
    placeOf: ({ ref: { scope, namespace, id } }) => ({ scope, namespace, id }),
    compare: compareRefs,
    sizeOf: ({ bytes }) => bytes.byteLength,
    findAll: (range) => findArtifacts(dumps, range),
  }
}

async function* findArtifacts(
  artifacts: Artifacts,
  { after, within }: WalkRange<ArtifactPlace>,
): AsyncIterable<Found<DumpedOf<Artifacts>, ArtifactPlace>> {
  // An artifact is of no run.
  if (within?.level === 'run') return
  for await (const ref of artifacts.list(artifactsOf(within), { expired: true })) {
    const { scope, namespace, id } = ref
    const place = { scope, namespace, id }
    if (after !== undefined && compareRefs(place, after) <= 0) continue
    try {
      const bytes = await artifacts.get(scope, id, { verify: 'digest', expired: true })
      // It was deleted meanwhile.
      if (bytes !== undefined) yield { place, record: { ref, bytes } }
    } catch (error) {
      if (!isHarborageError(error, 'artifact_corrupt')) throw error
      yield { place, record: undefined }
    }
  }
}

function ofMemory(dumps: Memory): DumpingStore<DumpedOf<Memory>, ConversationPlace> {
  return {
    store: 'memory',
    dumps,
    placeOf: ({ identity }) => ({ identity }),
    compare: (left, right) => compareOwners(left.identity, right.identity),
    sizeOf: ({ summary, turns, turnIds }) =>
      turns.reduce(
        (sum, { text }) => sum + text.length,
        summary.length + (turns.length + turnIds.length) * ITEM_BYTES,
      ),
  }
}

function ofPassages(dumps: Passages): DumpingStore<DumpedOf<Passages>, PassagePlace> {
  return {
    store: 'passages',
    dumps,
    placeOf: ({ identity, collection }) => ({ identity, collection }),
    compare: (left, right) =>
      compareOwners(left.identity, right.identity) ||
      compareNames(left.collection, right.collection),
    sizeOf: ({ passages }) =>
      passages.reduce(
        (sum, { words, bytes }) => sum + words.length * ITEM_BYTES + bytes.byteLength,
        0,
      ),
  }
}

function ofJournal(dumps: Journal): DumpingStore<DumpedOf<Journal>, JournalPlace> {
  return {
    store: 'journal',
    dumps,
    placeOf: ({ owner, stream, generation, position }) => ({
      owner,
      stream,
      generation,
      ...(position === undefined ? {} : { position }),
    }),
    compare: (left, right) =>
      compareOwners(left.owner, right.owner) ||
      compareNames(left.stream, right.stream) ||
      (left.position ?? HEAD) - (right.position ?? HEAD),
    sizeOf: (record) => (record.kind === 'entry' ? record.bytes.byteLength : ITEM_BYTES),
  }
}

/** The approximate size of a turn, a turn id, a word or a row without its content. */
const ITEM_BYTES = 64

/** The head of a stream comes before its rows. */
const HEAD = Number.MIN_SAFE_INTEGER
