import { ArtifactStore, InMemoryArtifactDriver } from '@harborage/artifacts'
import { createEventBus } from '@harborage/core'
import { InMemoryJournalDriver, JournalStore } from '@harborage/journal'
import { InMemoryMemoryDriver, MemoryStore, parseMemoryRules } from '@harborage/memory'
import { InMemoryStateDriver, StateStore } from '@harborage/state'
import { expect, test } from 'vitest'

const rules = parseMemoryRules({ bus: createEventBus() })

/** Makes a store with options that its types may not allow. */
const classes: Readonly<Record<string, (options: object) => unknown>> = {
  StateStore: (options) => new StateStore(new InMemoryStateDriver(), options),
  JournalStore: (options) => new JournalStore(new InMemoryJournalDriver(), options),
  ArtifactStore: (options) => new ArtifactStore(new InMemoryArtifactDriver(), options),
  MemoryStore: (options) => new MemoryStore(new InMemoryMemoryDriver(), { rules, ...options }),
}

test.for(Object.entries(classes))('%s rejects options that it does not know', ([, make]) => {
  const misspelled = () => make({ relaese: async () => {} })
  expect(misspelled).toThrow(expect.objectContaining({ code: 'invalid_config' }))
  expect(misspelled).toThrow('options has the unknown name relaese instead of release')
  expect(() => make({ release: 'now' })).toThrow(
    'options.release is a string: pass a function that closes the driver, or leave it out',
  )
  expect(() => make({ release: undefined })).not.toThrow()
})
