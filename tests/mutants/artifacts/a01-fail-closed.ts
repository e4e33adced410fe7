import {
  ArtifactStore,
  type ArtifactPage,
  type ArtifactRef,
  type ArtifactScope,
} from '@harborage/artifacts'
import { looselyNamed } from '../inexact-names.ts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { RenamingDriver } from './renaming-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

type Scope = Required<ArtifactScope>

/** Answers `exists` before it checks the scope. */
class HastyStore extends ArtifactStore {
  override async exists(
    ...[scope, id, options]: Parameters<ArtifactStore['exists']>
  ): Promise<boolean> {
    return scope?.tenantId === '' ? false : super.exists(scope, id, options)
  }
}

/** Compares names like a file system or a database with an inexact collation. */
class FoldingDriver extends RenamingDriver {
  protected override renameScope({ tenantId, userId, sessionId, taskId }: Scope): Scope {
    return {
      tenantId: looselyNamed(tenantId),
      userId: looselyNamed(userId),
      sessionId: looselyNamed(sessionId),
      taskId: looselyNamed(taskId),
    }
  }

  protected override renameText(text: string): string {
    return looselyNamed(text)
  }
}

/** Stores an artifact under one joined path. */
class JoiningDriver extends RenamingDriver {
  protected override renameScope({ tenantId, userId, sessionId, taskId }: Scope): Scope {
    return { tenantId, userId: [userId, sessionId, taskId].join('/'), sessionId: '-', taskId: '-' }
  }
}

class TasklessDriver extends RenamingDriver {
  protected override renameScope(scope: Scope): Scope {
    return { ...scope, taskId: scope.taskId || 'undefined' }
  }
}

/** Drivers that leave out one part of the scope. */
const blindDrivers = (['tenantId', 'userId', 'sessionId', 'taskId'] as const).map(
  (part) =>
    [
      part,
      class extends RenamingDriver {
        protected override renameScope(scope: Scope): Scope {
          return { ...scope, [part]: 'all' }
        }
      },
    ] as const,
)

/** Lists the artifacts of a scope of the same name in every tenant, and nothing else wrongly. */
class TenantBlindListDriver extends DelegatingDriver {
  override listPage(page: ArtifactPage): Promise<readonly ArtifactRef[]> {
    return super.listPage({ ...page, tenantId: undefined })
  }
}

export const failClosedFaults: readonly BrokenStore[] = [
  brokenStore('A1', 'answers exists before it checks the scope', HastyStore),
  brokenStore('A1', 'checks nothing', UncheckedStore),
  brokenDriver('A1', 'folds case, white space and composition', FoldingDriver),
  brokenDriver('A1', 'joins the parts of a scope with a slash', JoiningDriver),
  brokenDriver('A1', 'stores artifacts without a task under the task "undefined"', TasklessDriver),
  ...blindDrivers.map(([part, Driver]) => brokenDriver('A1', `ignores the ${part}`, Driver)),
  brokenDriver('A1', 'lists the artifacts of every tenant', TenantBlindListDriver),
]
