import type {
  ArtifactContent,
  ArtifactKey,
  ArtifactPage,
  ArtifactRef,
  ArtifactScope,
  NewArtifact,
  Visibility,
} from '@harborage/artifacts'
import { DelegatingDriver } from './delegating-driver.ts'

type Scope = Required<ArtifactScope>

/**
 * A driver that keeps artifacts under other names than it was given, so that two may become one.
 */
export abstract class RenamingDriver extends DelegatingDriver {
  protected abstract renameScope(scope: Scope): Scope

  protected renameText(text: string): string {
    return text
  }

  override async put({ ref, shortId, fullId, ...content }: NewArtifact): Promise<ArtifactRef> {
    const { scope, namespace } = ref
    const stored = await super.put({
      ref: { ...ref, scope: this.renameScope(scope), namespace: this.renameText(namespace) },
      shortId: this.renameText(shortId),
      fullId: this.renameText(fullId),
      ...content,
    })
    return { ...stored, scope, namespace, id: stored.id.length > shortId.length ? fullId : shortId }
  }

  override get(key: ArtifactKey, visibility?: Visibility): Promise<ArtifactContent | undefined> {
    return super.get(this.#rename(key), visibility)
  }

  override async getRef(key: ArtifactKey): Promise<ArtifactRef | undefined> {
    const ref = await super.getRef(this.#rename(key))
    return ref === undefined ? undefined : { ...ref, ...key }
  }

  override delete(key: ArtifactKey): Promise<boolean> {
    return super.delete(this.#rename(key))
  }

  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    const { tenantId, userId, sessionId, taskId } = page
    const scope = { tenantId, userId, sessionId, taskId }
    return isComplete(scope)
      ? super.listPage({ ...page, ...this.renameScope(scope) })
      : super.listPage(page)
  }

  #rename({ scope, id }: ArtifactKey): ArtifactKey {
    return { scope: this.renameScope(scope), id: this.renameText(id) }
  }
}

function isComplete(scope: { readonly [Part in keyof Scope]: string | undefined }): scope is Scope {
  return !Object.values(scope).includes(undefined)
}
