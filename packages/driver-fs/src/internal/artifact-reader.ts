import type { FileHandle } from 'node:fs/promises'
import type { ArtifactKey, ArtifactRef } from '@harborage/artifacts'
import { corrupt, readFacts } from './artifact-file.ts'
import { readIfThere } from './durable-files.ts'
import type { FileGate } from './file-gate.ts'
import { isRealFolder } from './is-real-folder.ts'
import { digitsOf, locate, placeOf } from './layout.ts'
import type { FoundFile } from './ref-walk.ts'

/** Reads files of artifacts, each of which has to be of the place where it is. */
export class ArtifactReader {
  readonly #root: string
  readonly #gate: FileGate

  constructor(root: string, gate: FileGate) {
    this.#root = root
    this.#gate = gate
  }

  /** Resolves to the ref of an artifact, whether or not it has expired. */
  readRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    return this.read(key, async (_, ref) => ref)
  }

  /** Resolves to what `use` makes of the file of an artifact, or to `undefined` without one. */
  async read<Result>(
    key: ArtifactKey,
    use: (file: FileHandle, ref: ArtifactRef, bytesFrom: number) => Promise<Result>,
  ): Promise<Result | undefined> {
    const at = locate(this.#root, key)
    if (at === undefined || !(await isRealFolder(this.#root, at.folder))) return undefined
    return readIfThere(this.#gate, at.file, async (file) => {
      const { ref, bytesFrom } = await readFacts(file)
      if (!isRefOf(ref, key)) throw corrupt()
      return use(file, ref, bytesFrom)
    })
  }

  /** Resolves to the ref of a file that a walk found, whether or not it has expired. */
  async readFound({ path, place, digits }: FoundFile): Promise<ArtifactRef | undefined> {
    return readIfThere(this.#gate, path, async (file) => {
      const { ref } = await readFacts(file)
      if (placeOf(ref).some((text, level) => text !== place[level])) throw corrupt()
      if (digitsOf(ref.id) !== digits) throw corrupt()
      return ref
    })
  }
}

/** Returns whether a ref belongs to a key. A file with another ref was copied there. */
function isRefOf({ id, scope }: ArtifactRef, key: ArtifactKey): boolean {
  return (
    id === key.id &&
    scope.tenantId === key.scope.tenantId &&
    scope.userId === key.scope.userId &&
    scope.sessionId === key.scope.sessionId &&
    scope.taskId === key.scope.taskId
  )
}
