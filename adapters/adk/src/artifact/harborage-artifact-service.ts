import type {
  ArtifactVersion,
  BaseArtifactService,
  DeleteArtifactRequest,
  ListArtifactKeysRequest,
  ListVersionsRequest,
  LoadArtifactRequest,
  SaveArtifactRequest,
} from '@google/adk'
import { HarborageError, type TenantOwner } from '@harborage/core'
import { captureObject, isObject } from '../payload.ts'
import { bindTenant } from '@harborage/core/adapter'
import { checkArtifactOptions, type HarborageArtifactServiceOptions } from './artifact-options.ts'
import type { FileVersion } from './file-slots.ts'
import { fileUriOf, mimeTypeOf, putTogether, takeApart } from './part-content.ts'
import { filenamesOf, StoredFile, type ArtifactStores } from './stored-file.ts'

/**
 * The artifacts of ADK on Harborage: in memory, on SQLite, on Postgres, or with their content on
 * files. Pass it to a `Runner`.
 *
 * A file has versions: 0, 1 and so on. A file whose name begins with `user:` is of the user, in all
 * sessions of the application. The names and the versions are in the state store. The content is in
 * the artifact store, once for all equal versions of a file, and deleted with the file. A version
 * is listed only once its content is durable.
 *
 * In addition to the codes that they name, all methods may fail with `identity_required` and
 * `invalid_identity` for the tenant, the application, the user or the session, `invalid_record` for
 * another argument, `schema_too_new` if a newer release wrote what is read, and with the errors of
 * the stores, such as `artifact_too_large`, `store_unavailable` and `store_closed`.
 *
 * @example
 * ```ts
 * import { HarborageArtifactService } from '@harborage/adk'
 * import { openArtifactStore } from '@harborage/artifacts'
 * import { openStateStore } from '@harborage/state'
 *
 * await using artifacts = await openArtifactStore()
 * await using state = await openStateStore()
 * const tenant = { tenantId: 'acme' }
 * const service = new HarborageArtifactService({ artifacts, state, tenant })
 * const session = { appName: 'shop', userId: 'ann', sessionId: 's1' }
 * const artifact = { text: 'Dear Ann' }
 * await service.saveArtifact({ ...session, filename: 'letter.txt', artifact }) // 0
 * ```
 */
export class HarborageArtifactService implements BaseArtifactService {
  readonly #stores: ArtifactStores
  readonly #tenant: () => TenantOwner

  /**
   * Makes a service. It reads and writes nothing.
   *
   * @throws `identity_required` or `invalid_identity` if the tenant is missing or malformed;
   * `invalid_config` if another option is.
   */
  constructor(options: HarborageArtifactServiceOptions) {
    const { artifacts, state, tenant } = checkArtifactOptions(options)
    this.#stores = { artifacts, state }
    this.#tenant = bindTenant(tenant)
  }

  /**
   * Saves a version of a file, and resolves to its number. Of concurrent calls each gets another
   * number, and no number is left out.
   */
  async saveArtifact(request: SaveArtifactRequest): Promise<number> {
    const { artifact, customMetadata } = request
    const content = takeApart(artifact)
    return this.#file(request).save(content, checkMetadata(customMetadata))
  }

  /**
   * Resolves to a version of a file, or to `undefined` if there is none.
   *
   * @throws `artifact_corrupt` if the content is damaged; `not_found` if it was removed from the
   * artifact store.
   */
  async loadArtifact(
    request: LoadArtifactRequest,
  ): Promise<SaveArtifactRequest['artifact'] | undefined> {
    const content = await this.#file(request).load(checkVersion(request.version))
    return content && putTogether(content)
  }

  /** Resolves to the names of the files of the session and of its user, in their order. */
  async listArtifactKeys(request: ListArtifactKeysRequest): Promise<string[]> {
    return filenamesOf(this.#stores, this.#tenant(), request)
  }

  /** Deletes a file with all of its versions and their content. */
  async deleteArtifact(request: DeleteArtifactRequest): Promise<void> {
    await this.#file(request).delete()
  }

  /** Resolves to the numbers of all versions of a file. */
  async listVersions(request: ListVersionsRequest): Promise<number[]> {
    return Array.from({ length: await this.#file(request).count() }, (_, version) => version)
  }

  /** Resolves to what is known of all versions of a file. */
  async listArtifactVersions(request: ListVersionsRequest): Promise<ArtifactVersion[]> {
    return (await this.#file(request).versions()).map(asArtifactVersion)
  }

  /** Resolves to what is known of a version of a file, or to `undefined` if there is none. */
  async getArtifactVersion(request: LoadArtifactRequest): Promise<ArtifactVersion | undefined> {
    const found = await this.#file(request).version(checkVersion(request.version))
    return found && asArtifactVersion(found)
  }

  #file(request: DeleteArtifactRequest): StoredFile {
    return new StoredFile(this.#stores, this.#tenant(), request, request.filename)
  }
}

function asArtifactVersion({ version, part, customMetadata }: FileVersion): ArtifactVersion {
  const mimeType = mimeTypeOf(part)
  const canonicalUri = fileUriOf(part)
  return {
    version,
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(canonicalUri === undefined ? {} : { canonicalUri }),
    ...(customMetadata === undefined ? {} : { customMetadata: { ...customMetadata } }),
  }
}

function checkMetadata(metadata: unknown): object | undefined {
  if (metadata === undefined) return undefined
  if (isObject(metadata)) return captureObject(metadata)
  throw new HarborageError(
    'invalid_record',
    'customMetadata is no object: pass one, or leave it out',
  )
}

/** Checks a version. Without one, the newest is meant. */
function checkVersion(version: unknown): number | undefined {
  if (version === undefined) return undefined
  if (typeof version === 'number' && Number.isSafeInteger(version) && version >= 0) return version
  throw new HarborageError('invalid_record', 'version is no whole number of at least 0')
}
