import { stepsSubsystem, type Subsystem } from '@harborage/core/sql'
import type { StoreName } from '../profile/profile.ts'

/** Loads the tables and migrations of a store, and of the steps that stores share. */
export async function subsystemOf(name: StoreName | 'steps'): Promise<Subsystem> {
  switch (name) {
    case 'state':
      return (await import('@harborage/state/sql')).stateSubsystem
    case 'artifacts':
      return (await import('@harborage/artifacts/sql')).artifactsSubsystem
    case 'memory':
      return (await import('@harborage/memory/sql')).memorySubsystem
    case 'journal':
      return (await import('@harborage/journal/sql')).journalSubsystem
    case 'steps':
      return stepsSubsystem
  }
}
