import type { BrokenBuild } from '../../harness/fault-row.ts'

const ROUNDS = 2_000

/** What goes wrong only where owners have a checkpoint with the same id. */
const MANY_ROUNDS = 10_000

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'takes the owner of a thread from the configurable',
    rounds: ROUNDS,
    edits: [
      {
        file: 'adapters/langgraph/src/saver/place.ts',
        from: 'thread: threadOf(owner, threadId),',
        to: `thread: threadOf(
      typeof configurable.userId === 'string' && configurable.userId !== ''
        ? { tenantId: configurable.tenantId, userId: configurable.userId }
        : owner,
      threadId,
    ),`,
      },
    ],
  },
  {
    name: 'asks for the owner of the current call only once',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/core/src/adapter/owner-option.ts',
        from: "  if (typeof option === 'function') return () => check(present(option(), bound))",
        to: `  if (typeof option === 'function') {
    let first
    return () => (first ??= check(present(option(), bound)))
  }`,
      },
    ],
  },
  {
    name: 'takes the owner of an item from what a caller passes',
    rounds: ROUNDS,
    edits: [
      {
        file: 'adapters/langgraph/src/store/harborage-store.ts',
        from: '    const owner = this.#owner()\n',
        to: `    const { tenantId, userId } = operations[0]?.owner ?? {}
    const owner = userId ? bindOwner({ tenantId, userId })() : this.#owner()\n`,
      },
    ],
  },
  {
    name: 'keeps the owner of the store that another was derived from',
    rounds: ROUNDS,
    edits: [
      {
        file: 'adapters/langgraph/src/store/harborage-store.ts',
        from: 'new HarborageStore({ ...this.#options, owner })',
        to: 'new HarborageStore(this.#options)',
      },
    ],
  },
  {
    name: 'keeps the items of all users with the tenant',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/core/src/adapter/owner-option.ts',
        from: '(mayBeTenant(owner) ? tenantOwner(owner) : userOwner(owner))',
        to: 'tenantOwner({ tenantId: owner.tenantId })',
      },
    ],
  },
  {
    name: 'remembers which threads there are by their ids alone',
    rounds: ROUNDS,
    edits: [
      {
        file: 'adapters/langgraph/src/saver/threads.ts',
        from: 'return `${tenantId}\\0${userId}\\0${sessionId}`',
        to: 'return sessionId',
      },
    ],
  },
  {
    name: 'remembers which values are stored by the ids of threads alone',
    rounds: MANY_ROUNDS,
    edits: [
      {
        file: 'adapters/langgraph/src/saver/stored-values.ts',
        from: 'return `${tenantId}\\0${userId}\\0${sessionId}\\0`',
        to: 'return `${sessionId}\\0`',
      },
    ],
  },
]
