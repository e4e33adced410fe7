import type { RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage, LoadOutcome } from '@harborage/core/kit'
import { readDirectory, runWork, type SqlDatabase, type WorkTraits } from '@harborage/core/sql'
import { conversationKey } from '../internal/conversation-key.ts'
import { rankPassages, type Candidate } from '../internal/rank-passages.ts'
import type {
  DatedCollection,
  DatedPage,
  PassageBatch,
  PassageDriver,
  PassagePlace,
  PassageSearch,
} from '../passage-driver.ts'
import type { DumpedPassages, FoundPassage } from '../passage.ts'
import { datedOf, datedParameters } from './passage-dates.ts'
import {
  collectionColumns,
  passageIn,
  patternsOf,
  type CandidateColumns,
  type PassageStatements,
} from './passage-statements.ts'
import { loadWork, removeWork, replaceWork } from './passage-works.ts'
import { identityOf, ownerColumns } from './rows.ts'

const PASSAGES = {
  subject: 'the passages',
  // Another work has inserted into the same collection.
  conflictsOnUnique: true,
} as const

/** A repeated replacement would remove what others have written since. */
const REPLACE: WorkTraits = { name: 'memory_passages_replace', repeat: 'never', ...PASSAGES }

/** A repeated load finds the passages that it has loaded. */
const LOAD: WorkTraits = { name: 'memory_passages_load', repeat: 'recognized', ...PASSAGES }

/** A repeated removal finds another date, or nothing, and removes no more. */
const REMOVE: WorkTraits = { name: 'memory_passages_remove', repeat: 'recognized', ...PASSAGES }

/** The place before every collection: no tenant is empty. */
const FIRST: PassagePlace = {
  identity: { tenantId: '', userId: '', sessionId: '', runId: '' },
  collection: '',
}

/** A passage with one of the words, and the number of its row. */
interface Found extends Candidate {
  readonly id: number
}

/** Keeps passages in the table `memory_passages` of an SQL database. */
export class SqlPassages implements PassageDriver {
  readonly #database: SqlDatabase
  readonly #statements: PassageStatements

  constructor(database: SqlDatabase, statements: PassageStatements) {
    this.#database = database
    this.#statements = statements
  }

  async replace(replacement: DumpedPassages): Promise<void> {
    await runWork(this.#database, claiming(REPLACE, replacement), (mayBeApplied) =>
      replaceWork(this.#statements, replacement, mayBeApplied),
    )
  }

  async search(search: PassageSearch): Promise<readonly FoundPassage[]> {
    const { subtree, collection, words, limit } = search
    const any = this.#database.dialect.words.anyOf(words)
    const at = { ...ownerColumns(subtree), collection, any, ...patternsOf(words) }
    const rows = await this.#database.rows(this.#statements.search[subtree.level], at)
    const ranked = rankPassages(
      rows.map((row) => foundIn(subtree, row)),
      limit,
    )
    const found = await Promise.all(ranked.map((each) => this.#read(each, collection)))
    // One that was replaced in between is not among them.
    return found.flatMap((passage) => passage ?? [])
  }

  async deleteBatch({ subtree, limit }: PassageBatch): Promise<number> {
    const at = { ...ownerColumns(subtree), limit }
    return this.#database.changes(this.#statements.remove[subtree.level], at)
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    const count = this.#statements.count[subtree.level]
    const [row] = await this.#database.rows(count, ownerColumns(subtree))
    return Number(row?.count ?? 0)
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return readDirectory(this.#database, this.#statements.directory, page)
  }

  async collectionsPage(
    after: PassagePlace | undefined,
    limit: number,
  ): Promise<readonly PassagePlace[]> {
    const at = { ...collectionColumns(after ?? FIRST), limit }
    const rows = await this.#database.rows(this.#statements.collections, at)
    return rows.map((row) => ({ identity: identityOf(row), collection: row.collection }))
  }

  async datedPage(page: DatedPage): Promise<readonly DatedCollection[]> {
    const dated = this.#statements.dated[page.subtree.level]
    return (await this.#database.rows(dated, datedParameters(page))).map(datedOf)
  }

  async remove(collection: DatedCollection): Promise<boolean> {
    return runWork(this.#database, claimingPlace(REMOVE, collection, 0), (mayBeApplied) =>
      removeWork(this.#statements, collection, mayBeApplied),
    )
  }

  async dump({ identity, collection }: PassagePlace): Promise<DumpedPassages | undefined> {
    const at = collectionColumns({ identity, collection })
    const rows = await this.#database.rows(this.#statements.all, at)
    if (rows.length === 0) return undefined
    return { identity: { ...identity }, collection, passages: rows.map(passageIn) }
  }

  async load(passages: DumpedPassages): Promise<LoadOutcome> {
    return runWork(this.#database, claiming(LOAD, passages), () =>
      loadWork(this.#statements, passages),
    )
  }

  async #read(
    { identity, index, createdAt, id, words }: Found,
    collection: string,
  ): Promise<FoundPassage | undefined> {
    const at = { ...ownerColumns(identity), collection, ordinal: index, id }
    const [row] = await this.#database.rows(this.#statements.read, at)
    return row && { identity, index, bytes: row.bytes, createdAt, words }
  }
}

/** Returns traits by which works of this process wait for each other without a connection. */
function claiming(traits: WorkTraits, written: DumpedPassages) {
  const bytes = written.passages.reduce((sum, passage) => sum + passage.bytes.byteLength, 0)
  return claimingPlace(traits, written, bytes)
}

function claimingPlace(traits: WorkTraits, { identity, collection }: PassagePlace, bytes: number) {
  const keys = [JSON.stringify([conversationKey(identity), collection])]
  return { ...traits, claim: { keys, bytes } }
}

function foundIn({ tenantId, userId }: Subtree, row: CandidateColumns): Found {
  return {
    identity: { tenantId, userId, sessionId: row.session_id, runId: row.run_id },
    index: Number(row.ordinal),
    createdAt: new Date(Number(row.created_at)),
    words: Number(row.common),
    id: Number(row.id),
  }
}
