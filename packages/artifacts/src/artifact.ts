import type {
  CallOptions,
  Identity,
  JsonObject,
  JsonValue,
  ListOptions,
  MaintenanceScope,
} from '@harborage/core'

/** The default size limit of an artifact, in bytes: 64 MiB. */
export const DEFAULT_MAX_BYTES: number = 64 * 1024 * 1024

/** The default of `thresholdBytes` of `offload`: 32 KiB. */
export const DEFAULT_THRESHOLD_BYTES: number = 32 * 1024

/** The size limit of the `source` of an artifact, in bytes of JSON: 64 KiB. */
export const MAX_SOURCE_BYTES: number = 64 * 1024

/** The largest number of ids of one call of `getRefs`. */
export const MAX_IDS = 1_000

/**
 * The owner of an artifact: an identity, optionally with a task. A `userOwner` or `tenantOwner` is
 * one, too, for what belongs to a user or a tenant and to no session.
 */
export interface ArtifactScope extends Identity {
  /** Default: `''`, the session itself. */
  readonly taskId?: string
}

/** Options of `putBytes` and `putText`. */
export interface PutOptions extends CallOptions {
  /**
   * The first part of the id, 1 to 256 UTF-8 bytes. Equal content is stored once per scope and
   * namespace. Default: `default`.
   */
  readonly namespace?: string | undefined
  /**
   * The media type, without control characters. Default: `application/octet-stream` for bytes,
   * `text/plain; charset=utf-8` for text, `application/json` for JSON.
   */
  readonly mimeType?: string | undefined
  /** A file name, as metadata only: it is never part of a path. Default: `''`. */
  readonly filename?: string | undefined
  /** The origin of the content: strict JSON of at most {@link MAX_SOURCE_BYTES}. Default: `{}`. */
  readonly source?: JsonObject | undefined
  /**
   * When the artifact expires, by the clock of the database and to the millisecond: a date after
   * 1970, which may be in the past. From then on it counts as absent, until `prune` or a deletion
   * removes it. Default: it does not expire, also if equal content before did.
   */
  readonly expiresAt?: Date | undefined
}

/** Options of `get` and `getText`. */
export interface GetOptions extends CallOptions {
  /**
   * What the stored bytes have to match besides their size. `'checksum'` finds accidental damage,
   * at little cost; where none was stored, the digest is compared. `'digest'` compares the SHA-256
   * as well, which no one can forge. Default: `'checksum'`.
   */
  readonly verify?: 'checksum' | 'digest' | undefined
  /** Whether to return content that has expired, too, as a tool does. Default: `false`. */
  readonly expired?: boolean | undefined
}

/** The metadata of a stored artifact. Its bytes are returned by `get`. */
export interface ArtifactRef {
  /**
   * `{namespace}_` and the first 12 hex digits of `sha256`, or all 64 digits if other content of
   * the scope has the short id.
   */
  readonly id: string
  readonly namespace: string
  /**
   * The owner, as every method accepts it. Its `taskId` is `''` if the artifact belongs to the
   * session itself. If it belongs to a user or a tenant, it is frozen, and the parts that it lacks
   * are `''`.
   */
  readonly scope: Required<ArtifactScope>
  readonly mimeType: string
  /** The size of the content, in bytes. */
  readonly sizeBytes: number
  readonly filename: string
  /** The SHA-256 of the bytes, in hex. */
  readonly sha256: string
  readonly source: JsonObject
  readonly createdAt: Date
  /** When it expires, or `undefined` if it does not. */
  readonly expiresAt: Date | undefined
}

/**
 * Selects the artifacts that match every given part. A filter without tenant, user or session
 * crosses identities, and needs `maintenanceScoped: true`. A `userOwner` or `tenantOwner` selects
 * what belongs to the user or the tenant itself.
 */
export interface ArtifactFilter extends Partial<Identity>, Partial<MaintenanceScope> {
  /** `''` selects the artifacts of the session itself. Default: those of any task. */
  readonly taskId?: string
  /** Default: any namespace. */
  readonly namespace?: string
}

/** The name of an artifact, which need not exist. A ref has it. */
export interface ArtifactName {
  readonly scope: ArtifactScope
  readonly id: string
}

/**
 * Options of `list`. Its bounds are the same for both orders. An id is enough if the filter names
 * the whole scope with its `taskId`, as a view does.
 */
export interface ArtifactListOptions extends ListOptions {
  /**
   * The first artifact, in the ascending order, that belongs to the list. It need not exist.
   * Default: no bound.
   */
  readonly from?: string | ArtifactName
  /**
   * The first artifact, in the ascending order, that is beyond the list. It need not exist.
   * Default: no bound.
   */
  readonly to?: string | ArtifactName
  /** Whether artifacts that have expired are in the list, too. Default: `false`. */
  readonly expired?: boolean
}

/** The place of an artifact in the order of `compareRefs`, whether it exists or not. */
export type RefPlace = Pick<ArtifactRef, 'scope' | 'namespace' | 'id'>

/** Options of `ScopedArtifacts.offload`. */
export interface OffloadOptions extends PutOptions {
  /**
   * The largest value, in bytes, that is returned inline. Default: {@link DEFAULT_THRESHOLD_BYTES}.
   */
  readonly thresholdBytes?: number
}

/** A value to offload: bytes, a string or another JSON value. */
export type OffloadValue = Uint8Array | JsonValue

/** The result of `offload`: the value itself, or the ref of the artifact that holds it. */
export type Offloaded<Value extends OffloadValue> =
  | { readonly kind: 'inline'; readonly value: Value }
  | { readonly kind: 'artifact'; readonly ref: ArtifactRef }

/** Returns the number of bytes that a ref adds to a page of a list: those of its source as JSON. */
export function sourceBytes({ source }: Pick<ArtifactRef, 'source'>): number {
  return Buffer.byteLength(JSON.stringify(source))
}
