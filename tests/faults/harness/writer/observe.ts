import { identityOf, conversationOf, ownStream, sharedStream, type Caller } from './caller.ts'
import { seedOf } from './content.ts'
import type { OpenedStores } from './open-stores.ts'
import { answerTo, committedKinds, savedKind } from './operations.ts'

/**
 * The content of one place: the index of the operation that wrote it, or what is wrong with it.
 */
export type Cell = number | 'torn' | 'foreign'

/** The content that a reader sees of the operations of a caller. */
export interface Picture {
  /** The content of the saved slot. */
  readonly saved: readonly Cell[]
  /** The content of each slot of the commits. */
  readonly committed: readonly Cell[]
  /** Every artifact, sorted. */
  readonly artifacts: readonly Cell[]
  /** Every turn, in the order of the conversation. */
  readonly turns: readonly Cell[]
  /** Every entry of the stream of the process, in order. */
  readonly entries: readonly Cell[]
  /** What the last replacement left. */
  readonly replaced: readonly Cell[]
}

/** Reads the content of each caller of a process. */
export async function observe(
  stores: OpenedStores,
  writer: string,
  callers: number,
): Promise<readonly Picture[]> {
  const turns = await turnsOf(stores, writer)
  const entries = await entriesOf(stores, writer)
  return Promise.all(
    Array.from({ length: callers }, async (_, number) => {
      const caller = { writer, number }
      return {
        ...(await slotsOf(stores, caller)),
        artifacts: await artifactsOf(stores, caller),
        turns: cellsOf(turns, number),
        entries: cellsOf(entries, number),
        replaced: await replacedOf(stores, caller),
      }
    }),
  )
}

/** What one of the callers of a process wrote where all of them write. */
interface SharedCell {
  /** The number of the caller, or `undefined` if none of this process wrote it. */
  readonly number: number | undefined
  readonly cell: Cell
}

/** Returns what a caller wrote. What no caller of this process wrote counts for all callers. */
function cellsOf(shared: readonly SharedCell[], number: number): readonly Cell[] {
  return shared.flatMap(({ number: by, cell }) => (by === number || by === undefined ? [cell] : []))
}

async function slotsOf(
  { state }: OpenedStores,
  caller: Caller,
): Promise<Pick<Picture, 'saved' | 'committed'>> {
  const cells = new Map<string, Cell>()
  if (state !== undefined) {
    for await (const { kind, bytes } of state.list(identityOf(caller), 'slot.')) {
      cells.set(kind, cellOf(caller, seedOf(bytes)))
    }
  }
  const found = (kind: string): Cell[] => {
    const cell = cells.get(kind)
    return cell === undefined ? [] : [cell]
  }
  return { saved: found(savedKind), committed: committedKinds.flatMap(found) }
}

async function artifactsOf({ artifacts }: OpenedStores, caller: Caller): Promise<readonly Cell[]> {
  const cells: Cell[] = []
  for await (const { scope, id, filename } of artifacts.list(identityOf(caller))) {
    const bytes = await artifacts.get(scope, id)
    const seed = bytes === undefined ? undefined : seedOf(bytes)
    cells.push(seed === filename ? cellOf(caller, seed) : 'torn')
  }
  return cells.sort((left, right) => Number(left) - Number(right))
}

async function turnsOf({ memory }: OpenedStores, writer: string): Promise<readonly SharedCell[]> {
  const context = await memory?.getLlmContext(conversationOf(writer))
  return (context?.recentTurns ?? []).map(({ userMessage, assistantResponse }) =>
    sharedCellOf(writer, assistantResponse === answerTo(userMessage) ? userMessage : undefined),
  )
}

async function entriesOf(
  { journal }: OpenedStores,
  writer: string,
): Promise<readonly SharedCell[]> {
  const cells: SharedCell[] = []
  for await (const { bytes } of journal?.read(conversationOf(writer), sharedStream) ?? []) {
    cells.push(sharedCellOf(writer, seedOf(bytes)))
  }
  return cells
}

async function replacedOf({ journal }: OpenedStores, caller: Caller): Promise<readonly Cell[]> {
  const cells: Cell[] = []
  for await (const { bytes } of journal?.read(identityOf(caller), ownStream) ?? []) {
    cells.push(cellOf(caller, seedOf(bytes)))
  }
  return cells
}

function sharedCellOf(writer: string, seed: string | undefined): SharedCell {
  if (seed === undefined) return { number: undefined, cell: 'torn' }
  const [from, number] = seed.split('/')
  if (from !== writer) return { number: undefined, cell: 'foreign' }
  const caller = { writer, number: Number(number) }
  return { number: caller.number, cell: cellOf(caller, seed) }
}

function cellOf({ writer, number }: Caller, seed: string | undefined): Cell {
  if (seed === undefined) return 'torn'
  const [from, by, index] = seed.split('/')
  return from === writer && by === String(number) ? Number(index) : 'foreign'
}
