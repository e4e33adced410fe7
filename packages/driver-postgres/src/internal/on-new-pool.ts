import type { CheckedPostgresConfig } from '../postgres-config.ts'
import { ClientPool } from './client-pool.ts'
import { mayRefuseParameters } from './postgres-failure.ts'

/**
 * Makes a pool and resolves to what is done on it. With `readOnly`, the pool asks the server to
 * refuse changes. If the server or its pooler does not accept that, what is done is begun again on
 * a pool that does not ask.
 *
 * @param use Closes the pool when it is not needed any longer, and if it fails.
 */
export async function onNewPool<Result>(
  config: CheckedPostgresConfig,
  use: (pool: ClientPool) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(new ClientPool(config))
  } catch (error) {
    if (!config.readOnly || !mayRefuseParameters(error)) throw error
    return use(new ClientPool({ ...config, readOnly: false }))
  }
}
