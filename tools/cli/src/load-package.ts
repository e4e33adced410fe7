import { codeOf, isError } from '@harborage/core/kit'
import { CommandFailure } from './command-failure.ts'
import { printable } from './output/printable.ts'

/**
 * Loads a package that a command needs.
 *
 * @param name The name of the package or its entry.
 * @throws CommandFailure that names it, and what is missing or does not fit.
 */
export async function loadPackage<Module>(
  name: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    throw new CommandFailure(
      'failed',
      `${name} cannot be loaded (${reasonOf(error)}): install it again, with all packages of Harborage of one version`,
    )
  }
}

/** Returns the first line of an error of Node.js, which names the module and who imports it. */
function reasonOf(error: unknown): string {
  const [first = ''] = isError(error) ? error.message.split('\n') : []
  return first === '' ? (codeOf(error) ?? 'for an unknown reason') : printable(first)
}
