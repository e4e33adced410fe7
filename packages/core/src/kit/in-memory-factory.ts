import { HarborageError } from '../harborage-error.ts'
import type { StoreDriverFactory } from './open-driver.ts'

/**
 * The factory of a driver that keeps nothing beyond its process. It refuses a DSN that names a place: whoever names one
 * expects to find the data there again.
 */
export function inMemoryFactory<Driver>(create: () => Driver): StoreDriverFactory<Driver> {
  return {
    schemes: ['memory'],
    async open(dsn) {
      if (dsn !== undefined && dsn !== 'memory:') {
        throw new HarborageError(
          'invalid_config',
          'dsn names a place, and the driver "memory" keeps nothing: leave it out, or name another driver',
        )
      }
      return create()
    },
  }
}
