import { commitTogether, newEventId, type Part } from '@harborage/core'
import { newRecord } from '../state/support/new-record.ts'
import { saveNew } from '../state/support/save-new.ts'
import { malformed } from '../support/malformed.ts'
import { assertPartFails } from './support/failing-part.ts'
import type { StepCases } from './support/step-cases.ts'
import { assertStored, fourWrites, NOTHING, prepareFour } from './support/step-parts.ts'

/** Registers the cases of X3: an error names its part. */
export function namedErrors({ it }: StepCases): void {
  it('X3 the error of a part names it, in a step and alone', async ({ store: { state } }) => {
    const { identity, first } = fourWrites()
    const held = await saveNew(state, first)
    const unmet = () => state.prepare.save(newRecord(held), { ifEventId: null })
    const other = () => state.prepare.save(newRecord({ identity, kind: 'step.other' }))
    for (const stepId of [{}, { stepId: newEventId() }]) {
      await assertPartFails('condition_failed', 'unmet', () =>
        commitTogether({ ...stepId, parts: { unmet: unmet() } }),
      )
      await assertPartFails('condition_failed', 'unmet', () =>
        commitTogether({ ...stepId, parts: { other: other(), unmet: unmet() } }),
      )
    }
  })

  it('X3 what is no part is refused by its name, and a malformed step without one', async ({
    store,
  }) => {
    const writes = fourWrites()
    const parts = prepareFour(store, writes)
    for (const wrong of [undefined, null, 7, 'part', {}, [], Promise.resolve(parts.first), parts]) {
      await assertPartFails('invalid_record', 'wrong', () =>
        commitTogether({ parts: { ...parts, wrong: malformed<Part<unknown>>(wrong) } }),
      )
    }
    const many = Object.fromEntries<unknown>(
      Array.from({ length: 1_001 }, (_, index) => [`part ${index}`, parts.first]),
    )
    const steps: readonly unknown[] = [
      undefined,
      null,
      7,
      {},
      { parts: undefined },
      { parts: null },
      { parts: {} },
      { parts: [parts.first] },
      { parts: 'parts' },
      { parts, stepID: 'a misspelled name' },
      { parts: many },
    ]
    for (const step of steps) {
      await assertPartFails('invalid_record', undefined, () =>
        commitTogether(malformed<{ parts: typeof parts }>(step)),
      )
    }
    await assertPartFails('invalid_record', undefined, () =>
      commitTogether({ parts }, malformed({ signals: [] })),
    )
    await assertStored(store, writes, NOTHING)
  })
}
