import type { BrokenBuild } from '../../harness/fault-row.ts'

const ROUNDS = 2_000

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'asks for the owner of the current call only once',
    rounds: ROUNDS,
    edits: [
      {
        file: 'adapters/langgraph/src/owner.ts',
        from: "  if (typeof option === 'function') return () => check(present(option()))",
        to: `  if (typeof option === 'function') {
    let first
    return () => (first ??= check(present(option())))
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
        from: 'new HarborageStore({ ...this.#settings, owner, state: borrowed(this.#source) })',
        to: 'new HarborageStore({ ...this.#settings, state: borrowed(this.#source) })',
      },
    ],
  },
  {
    name: 'keeps the items of all users with the tenant',
    rounds: ROUNDS,
    edits: [
      {
        file: 'adapters/langgraph/src/owner.ts',
        from: '(mayBeTenant(owner) ? tenantOwner(owner) : userOwner(owner))',
        to: 'tenantOwner({ tenantId: owner.tenantId })',
      },
    ],
  },
]
