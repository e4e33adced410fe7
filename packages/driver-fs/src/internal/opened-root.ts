import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { codeOf } from '@harborage/core/kit'
import { vanishedRoot } from './fs-errors.ts'

/** The open roots of this process, for `diagnose`. */
const openRoots = new Set<OpenedRoot>()

/** The folder that a store opened, by its identity: another one may take its path later. */
export class OpenedRoot {
  readonly path: string
  readonly #opened: BigIntStats

  private constructor(path: string, opened: BigIntStats) {
    this.path = path
    this.#opened = opened
  }

  /**
   * Resolves to the root as it is now.
   *
   * @param path The real path of an existing folder.
   */
  static async at(path: string): Promise<OpenedRoot> {
    const root = new OpenedRoot(path, await stat(path, { bigint: true }))
    openRoots.add(root)
    return root
  }

  /**
   * Checks that the folder is still there. Without it everything in it would seem absent.
   *
   * @throws `store_unavailable` if it is gone or another one is in its place.
   */
  async assertThere(): Promise<void> {
    if (await this.#isGone()) throw vanishedRoot()
  }

  /** Forgets the root, once its store is closed. */
  close(): void {
    openRoots.delete(this)
  }

  /** Returns whether a store of this process has lost its root, which had this path. */
  static async isLostAt(path: string): Promise<boolean> {
    for (const root of openRoots) if (root.path === path && (await root.#isGone())) return true
    return false
  }

  async #isGone(): Promise<boolean> {
    try {
      return !isSame(this.#opened, await stat(this.path, { bigint: true }))
    } catch (error) {
      // After any other error it may be there.
      return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
    }
  }
}

/**
 * Returns whether two results are of the same folder. The device changes when a volume is
 * mounted again, and the number of a removed folder may be given to a new one. The time of its
 * creation does not change, but not every file system knows it: then it is that of the last change,
 * or none.
 */
function isSame(opened: BigIntStats, found: BigIntStats): boolean {
  const { dev, ino, birthtimeNs, ctimeNs } = opened
  const knowsBirth = birthtimeNs !== 0n && birthtimeNs !== ctimeNs
  return found.ino === ino && (knowsBirth ? found.birthtimeNs === birthtimeNs : found.dev === dev)
}
