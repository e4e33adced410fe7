import type { ArtifactStore } from '@harborage/artifacts'
import {
  HarborageError,
  isHarborageError,
  newEventId,
  type Identity,
  type TenantOwner,
  type UserOwner,
} from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { appPath, sessionIdentity, userIdentity, type AdkSession } from '../place.ts'
import { sessionNameOf } from '@harborage/core/adapter'
import {
  FILE,
  fileRecord,
  readFile,
  readVersion,
  versionBatches,
  versionKind,
  versionPrefix,
  versionRecord,
  type FileHead,
  type FileVersion,
  type LoadedFile,
} from './file-slots.ts'
import type { PartContent } from './part-content.ts'

/** How often a call starts again, because others changed the file meanwhile. */
const MAX_ATTEMPTS = 100

/** What the names of files of a user begin with, as in ADK. */
const USER_PREFIX = 'user:'

/** The stores that artifacts are in. */
export interface ArtifactStores {
  readonly artifacts: ArtifactStore
  readonly state: StateStore
}

/** A file of a session or a user, as one call works on it. */
export class StoredFile {
  readonly #stores: ArtifactStores
  readonly #owner: Identity | UserOwner
  readonly #kind: string
  readonly #filename: string

  /** @throws `invalid_record` if the name is missing or empty. */
  constructor(stores: ArtifactStores, tenant: TenantOwner, session: AdkSession, filename: string) {
    const name: unknown = filename
    if (typeof name !== 'string' || name === '') {
      throw new HarborageError('invalid_record', 'filename is missing or empty: pass a text')
    }
    this.#stores = stores
    this.#filename = filename
    this.#kind = `${FILE}${appPath(session.appName)}${sessionNameOf(filename)}`
    const isOfUser = filename.startsWith(USER_PREFIX)
    this.#owner = isOfUser ? userIdentity(tenant, session) : sessionIdentity(tenant, session)
  }

  /** Adds a version, and resolves to its number. */
  async save({ part, bytes }: PartContent, customMetadata: object | undefined): Promise<number> {
    const { artifacts, state } = this.#stores
    const identity = this.#owner
    let file = await this.#load()
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const next: FileHead = {
        filename: this.#filename,
        generation: file?.generation ?? newEventId(),
        version: file === undefined ? 0 : file.version + 1,
        isDeleted: false,
      }
      const { version, generation } = next
      const ref = bytes && (await artifacts.putBytes(identity, bytes, { namespace: generation }))
      const saved: FileVersion = {
        ...{ version, part },
        ...(ref === undefined ? {} : { artifactId: ref.id }),
        ...(customMetadata === undefined ? {} : { customMetadata }),
      }
      try {
        await state.commit({
          expect: [{ identity, kind: this.#kind, eventId: file?.eventId ?? null }],
          save: [fileRecord(identity, this.#kind, next), versionRecord(identity, next, saved)],
        })
        return version
      } catch (error) {
        if (!isHarborageError(error, 'condition_failed')) throw error
        file = await this.#load()
        // Nothing else has the content of a generation that the file does not have.
        if (ref !== undefined && file?.generation !== generation) {
          await artifacts.delete(identity, ref.id)
        }
      }
    }
    throw new HarborageError(
      'condition_failed',
      `others changed the file during each of ${MAX_ATTEMPTS} attempts: call again`,
    )
  }

  /** Resolves to a version and its content; `undefined` if there is none. */
  async load(version: number | undefined): Promise<PartContent | undefined> {
    const { artifacts } = this.#stores
    for (;;) {
      const found = await this.#find(version)
      if (found === undefined) return undefined
      const { part, artifactId } = found.version
      if (artifactId === undefined) return { part, bytes: undefined }
      const bytes = await artifacts.get(this.#owner, artifactId)
      if (bytes !== undefined) return { part, bytes }
      const file = await this.#load()
      if (file?.generation === found.file.generation) {
        throw new HarborageError(
          'not_found',
          'the content of the artifact is missing from the artifact store: restore it from a backup, or delete the artifact',
        )
      }
    }
  }

  /** Resolves to a version without its content; `undefined` if there is none. */
  async version(version: number | undefined): Promise<FileVersion | undefined> {
    return (await this.#find(version))?.version
  }

  /** Resolves to all versions without their content, the first one first. */
  async versions(): Promise<readonly FileVersion[]> {
    const file = await this.#load()
    const versions: FileVersion[] = []
    if (file === undefined) return versions
    const listed = this.#stores.state.list(this.#owner, versionPrefix(file.generation))
    for await (const record of listed) versions.push(readVersion(record))
    return versions
  }

  /** Resolves to the number of versions. */
  async count(): Promise<number> {
    const file = await this.#load()
    return file === undefined ? 0 : file.version + 1
  }

  /** Deletes the file with all of its versions. */
  async delete(): Promise<void> {
    const identity = this.#owner
    for (;;) {
      const file = await this.#load()
      if (file === undefined) return
      const deleted = fileRecord(identity, this.#kind, { ...file, isDeleted: true })
      try {
        await this.#stores.state.save(deleted, { ifEventId: file.eventId })
        await this.#finish({ ...file, eventId: deleted.eventId })
        return
      } catch (error) {
        if (!isHarborageError(error, 'condition_failed')) throw error
      }
    }
  }

  async #find(
    version: number | undefined,
  ): Promise<{ readonly file: FileHead; readonly version: FileVersion } | undefined> {
    const file = await this.#load()
    if (file === undefined) return undefined
    const kind = versionKind(file.generation, version ?? file.version)
    const record = await this.#stores.state.load(this.#owner, kind)
    return record && { file, version: readVersion(record) }
  }

  /** Resolves to the file, if it is there. One whose deletion was interrupted is deleted first. */
  async #load(): Promise<LoadedFile | undefined> {
    const record = await this.#stores.state.load(this.#owner, this.#kind)
    const file = record && readFile(record)
    if (file?.isDeleted !== true) return file
    await this.#finish(file)
    return this.#load()
  }

  /** Deletes what is of a file that counts as deleted, and the file at the end. */
  async #finish(file: LoadedFile): Promise<void> {
    const { artifacts, state } = this.#stores
    const identity = this.#owner
    for (const kindPrefix of versionBatches(file)) {
      await state.commit({ deletePrefix: [{ identity, kindPrefix }] })
    }
    const { tenantId, userId, sessionId } = identity
    const ofUser = sessionId === '' ? identity : { tenantId, userId, sessionId }
    for await (const { id } of artifacts.list({ ...ofUser, namespace: file.generation })) {
      await artifacts.delete(identity, id)
    }
    try {
      await state.delete(identity, this.#kind, { ifEventId: file.eventId })
    } catch (error) {
      // Another call has finished it, and made the file again.
      if (!isHarborageError(error, 'condition_failed')) throw error
    }
  }
}

/** Resolves to the names of the files of a session and of its user, in their order. */
export async function filenamesOf(
  { state }: ArtifactStores,
  tenant: TenantOwner,
  session: AdkSession,
): Promise<string[]> {
  const prefix = `${FILE}${appPath(session.appName)}`
  const owners = [sessionIdentity(tenant, session), userIdentity(tenant, session)]
  const filenames: string[] = []
  for (const owner of owners) {
    for await (const record of state.list(owner, prefix)) {
      const { filename, isDeleted } = readFile(record)
      if (!isDeleted) filenames.push(filename)
    }
  }
  return filenames.toSorted()
}
