import { checkOpenStore, OptionNames, type TenantOption } from '@harborage/core/adapter'
import type { ArtifactStore } from '@harborage/artifacts'
import type { StateStore } from '@harborage/state'

/** The options of `new HarborageArtifactService`. */
export interface HarborageArtifactServiceOptions {
  /** An open artifact store for the content, which stays open. It may be on files. */
  readonly artifacts: ArtifactStore
  /** An open state store for the names and the versions, which stays open. */
  readonly state: StateStore
  /** The tenant whose artifacts they are, or a function that returns the tenant of a call. */
  readonly tenant: TenantOption
}

const serviceNames = new OptionNames('a HarborageArtifactService', [
  ...['artifacts', 'state', 'tenant'],
])

/** Checks the options, but for the tenant. */
export function checkArtifactOptions(
  given: HarborageArtifactServiceOptions,
): HarborageArtifactServiceOptions {
  const options = serviceNames.read(given)
  checkOpenStore('artifacts', options.artifacts, 'putBytes', 'openArtifactStore')
  checkOpenStore('state', options.state, 'loadMany', 'openStateStore')
  return options
}
