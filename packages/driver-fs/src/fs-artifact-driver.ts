import { join } from 'node:path'
import {
  sourceBytes,
  type ArtifactContent,
  type ArtifactDriver,
  type ArtifactKey,
  type ArtifactPage,
  type ArtifactRef,
  type DeleteBatch,
  type DeletedBatch,
  type FoundArtifact,
  type NewArtifact,
  type Visibility,
} from '@harborage/artifacts'
import { HarborageError, type RunIdentity, type Subtree } from '@harborage/core'
import { clockOfMachine, codeOf, type DirectoryPage } from '@harborage/core/kit'
import { corrupt, encodeFile, readExactly } from './internal/artifact-file.ts'
import { ArtifactReader } from './internal/artifact-reader.ts'
import { allOf, READS_AT_ONCE } from './internal/at-once.ts'
import { linkIfFree, syncApplied, syncUpwards, writeNewFile } from './internal/durable-files.ts'
import { EmptyFolders } from './internal/empty-folders.ts'
import type { FileGate } from './internal/file-gate.ts'
import { FileRemoval } from './internal/file-removal.ts'
import { FolderNames } from './internal/folder-names.ts'
import { FolderRemoval } from './internal/folder-removal.ts'
import { isFull, translateFsError } from './internal/fs-errors.ts'
import { isExpired, renewFile } from './internal/generations.ts'
import { findInTheWay } from './internal/is-real-folder.ts'
import { digitsOf, locate, placeOf, shardOf } from './internal/layout.ts'
import type { OpenedRoot } from './internal/opened-root.ts'
import { isSameWalk, OwnerWalk } from './internal/owner-walk.ts'
import { isFileThere } from './internal/read-folder.ts'
import { ReadyFolders } from './internal/ready-folders.ts'
import { isSameList, RefWalk, type FoundFile, type WalkTools } from './internal/ref-walk.ts'
import { retryWhile } from './internal/retry-while.ts'
import type { TemporaryFolder } from './internal/temporary-folder.ts'
import { take, UnfinishedWalks } from './internal/unfinished-walks.ts'
import { removeTemporary } from './internal/unremoved.ts'

/** The largest number of attempts of a put while others take its name or remove its folder. */
const MAX_ATTEMPTS = 100

/** The largest number of attempts to link a written file while others remove the folder. */
const MAX_LINKS = 10

/**
 * The artifact driver that keeps each artifact in a file below one root folder. A file is
 * written under a temporary name, synchronized, and then linked to its final name, which is never
 * overwritten. So a file with a final name is complete, and the first of several equal puts wins.
 */
export class FsArtifactDriver implements ArtifactDriver {
  readonly #root: string
  readonly #opened: OpenedRoot
  readonly #gate: FileGate
  readonly #temporary: TemporaryFolder
  readonly #folders: ReadyFolders
  readonly #empty: EmptyFolders
  readonly #removal: FolderRemoval
  readonly #files: FileRemoval
  readonly #reader: ArtifactReader
  readonly #tools: WalkTools
  readonly #walks = new UnfinishedWalks<ArtifactPage, FoundFile>(isSameList)
  readonly #ownerWalks = new UnfinishedWalks<DirectoryPage, Required<RunIdentity>>(isSameWalk)
  readonly #retryTimeoutMs: number

  /**
   * @param retryTimeoutMs The time for which a put waits for space on a full disk.
   */
  constructor(
    opened: OpenedRoot,
    gate: FileGate,
    temporary: TemporaryFolder,
    retryTimeoutMs: number,
  ) {
    const root = opened.path
    this.#root = root
    this.#opened = opened
    this.#gate = gate
    this.#retryTimeoutMs = retryTimeoutMs
    this.#temporary = temporary
    this.#folders = new ReadyFolders(root, gate, temporary)
    this.#empty = new EmptyFolders(root, gate, temporary)
    const removal = { root, gate, temporary, empty: this.#empty }
    this.#removal = new FolderRemoval(removal)
    this.#files = new FileRemoval(removal, opened)
    this.#reader = new ArtifactReader(root, gate)
    this.#tools = { root, gate, names: new FolderNames(gate, temporary), empty: this.#empty }
  }

  async put(artifact: NewArtifact): Promise<ArtifactRef> {
    return this.#translated(async () => {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
        const ref = await retryWhile(isFull, this.#retryTimeoutMs, () =>
          this.#findOrCreate(artifact),
        )
        if (ref !== undefined) return ref
      }
      throw new HarborageError(
        'store_unavailable',
        `others removed the folder of the artifact during each of ${MAX_ATTEMPTS} attempts: call again`,
      )
    })
  }

  async get(
    key: ArtifactKey,
    visibility: Visibility = 'unexpired',
  ): Promise<ArtifactContent | undefined> {
    return this.#found(() =>
      this.#reader.read(key, async (file, ref, bytesFrom) =>
        isHidden(ref, visibility)
          ? undefined
          : {
              bytes: await readExactly(file, bytesFrom, ref.sizeBytes),
              sha256: ref.sha256,
            },
      ),
    )
  }

  async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    return this.#found(() => this.#readRef(key, 'unexpired'))
  }

  async getRefs(
    scope: ArtifactKey['scope'],
    ids: readonly string[],
    visibility: Visibility = 'unexpired',
  ): Promise<readonly (ArtifactRef | undefined)[]> {
    return this.#translated(async () => {
      const refs: (ArtifactRef | undefined)[] = []
      while (refs.length < ids.length) {
        const next = ids.slice(refs.length, refs.length + READS_AT_ONCE)
        refs.push(...(await allOf(next.map((id) => this.#readRef({ scope, id }, visibility)))))
      }
      if (refs.includes(undefined)) await this.#opened.assertThere()
      return refs
    })
  }

  async delete(key: ArtifactKey): Promise<boolean> {
    return this.#translated(() => this.#files.remove(key))
  }

  async prune(artifacts: readonly FoundArtifact[]): Promise<number> {
    return this.#translated(async () => {
      let pruned = 0
      for (let done = 0; done < artifacts.length; done += READS_AT_ONCE) {
        const next = artifacts.slice(done, done + READS_AT_ONCE)
        const removed = await allOf(next.map((found) => this.#files.removeFound(found)))
        pruned += removed.filter((each) => each).length
      }
      return pruned
    })
  }

  async deleteAll(subtree: Subtree<'session'>): Promise<number> {
    return this.#translated(async () => {
      const count = await this.#removal.removeSession(subtree)
      if (count === 0) await this.#opened.assertThere()
      return count
    })
  }

  async deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    return this.#translated(async () => {
      const answer = await this.#removal.removeBatch(batch)
      if (answer.deleted === 0) await this.#opened.assertThere()
      return answer
    })
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.#translated(async () => {
      const count = await this.#removal.count(subtree)
      if (count === 0) await this.#opened.assertThere()
      return count
    })
  }

  async listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return this.#translated(async () => {
      const refs: ArtifactRef[] = []
      let bytes = 0
      const walk = this.#walks.take(page) ?? new RefWalk(this.#tools, page).files()
      while (refs.length < page.limit && bytes < page.maxBytes) {
        const files = await take(walk, Math.min(READS_AT_ONCE, page.limit - refs.length))
        if (files.length === 0) break
        const read = await allOf(files.map((file) => this.#reader.readFound(file)))
        for (const ref of read) {
          if (ref === undefined || isHidden(ref, page.visibility)) continue
          refs.push(ref)
          bytes += sourceBytes(ref)
        }
      }
      const last = refs.at(-1)
      const isFull = refs.length === page.limit || bytes >= page.maxBytes
      if (last !== undefined && isFull) this.#walks.keep(last, page, walk)
      if (!isFull) await this.#opened.assertThere()
      return refs
    })
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return this.#translated(async () => {
      const walk = this.#ownerWalks.take(page) ?? new OwnerWalk(this.#tools, page).owners()
      const owners = await take(walk, page.limit)
      const last = owners.at(-1)
      if (owners.length < page.limit) await this.#opened.assertThere()
      else if (last !== undefined) this.#ownerWalks.keep(last, page, walk)
      return owners
    })
  }

  async now(): Promise<Date> {
    return new Date(clockOfMachine())
  }

  /**
   * Removes temporary files that could not be removed before. Nothing else stays open between
   * calls.
   */
  async close(): Promise<void> {
    await this.#temporary.removeLeft()
    this.#opened.close()
  }

  /**
   * Resolves to the ref of the content, whether it is stored now or was before, or to `undefined`
   * if others interfered.
   */
  async #findOrCreate(artifact: NewArtifact): Promise<ArtifactRef | undefined> {
    const { scope, sha256, expiresAt } = artifact.ref
    // Read once: by a second read the short id may be taken by this very content.
    const taken = await this.#reader.readRef({ scope, id: artifact.shortId })
    const stored =
      taken?.sha256 === sha256 ? taken : await this.#reader.readRef({ scope, id: artifact.fullId })
    if (stored === undefined) {
      await this.#opened.assertThere()
      return this.#create(artifact, taken === undefined ? artifact.shortId : artifact.fullId)
    }
    const renewed = artifact.onEqual === 'keep' ? stored : { ...stored, expiresAt }
    if (renewed !== stored && isExpired(stored)) {
      await this.#files.removeFound(stored)
      return undefined
    }
    if (stored.expiresAt?.getTime() !== renewed.expiresAt?.getTime()) {
      const at = locate(this.#root, stored)
      if (at === undefined) throw corrupt()
      if (!(await renewFile(this.#gate, at.file, stored, expiresAt))) return undefined
    }
    // The process that stored it may not have synchronized that yet, and a put that resolved has to
    // be durable.
    const folder = await this.#folders.ensure(placeOf(stored), shardOf(digitsOf(stored.id)))
    if (folder === undefined) return undefined
    await syncApplied(this.#gate, folder)
    return renewed
  }

  async #create(artifact: NewArtifact, id: string): Promise<ArtifactRef | undefined> {
    const ref = { ...artifact.ref, id }
    const written = await this.#temporary.next()
    try {
      const parts = encodeFile(ref, artifact.sourceText, artifact.bytes)
      await writeNewFile(this.#gate, written, parts)
      return (await this.#giveName(written, ref)) ? ref : undefined
    } finally {
      await removeTemporary(this.#gate, written)
    }
  }

  /**
   * Links a file to the name of its ref, durably. Resolves to `false` if the name is taken, or its
   * folder keeps being removed.
   */
  async #giveName(written: string, ref: ArtifactRef): Promise<boolean> {
    const digits = digitsOf(ref.id)
    for (let attempt = 1; attempt <= MAX_LINKS; attempt += 1) {
      const folder = await this.#folders.ensure(placeOf(ref), shardOf(digits))
      if (folder === undefined) continue
      const file = join(folder, digits)
      const linked = await linkIfFree(written, file)
      if (linked === 'taken') return false
      if (linked === 'gone') continue
      await syncApplied(this.#gate, folder)
      if (await this.#folders.isReady(folder)) return true
      // Others have created the folder again, and it may not be durable: start over. If the file
      // is not there, it was stored and deleted with the previous folder, and both have to be
      // durable.
      if (await isFileThere(file)) return false
      await syncUpwards(this.#gate, this.#root, folder)
      return true
    }
    return false
  }

  /** Resolves to what a read finds. It finds nothing only while the root is there. */
  async #found<Result>(read: () => Promise<Result | undefined>): Promise<Result | undefined> {
    return this.#translated(async () => {
      const found = await read()
      if (found === undefined) await this.#opened.assertThere()
      return found
    })
  }

  async #translated<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (codeOf(error) === 'ENOENT') await this.#opened.assertThere()
      throw translateFsError(await findInTheWay(error, this.#root), this.#root)
    }
  }

  async #readRef(key: ArtifactKey, visibility: Visibility): Promise<ArtifactRef | undefined> {
    const ref = await this.#reader.readRef(key)
    return ref === undefined || isHidden(ref, visibility) ? undefined : ref
  }
}

function isHidden(ref: ArtifactRef, visibility: Visibility = 'unexpired'): boolean {
  return visibility === 'unexpired' && isExpired(ref)
}
