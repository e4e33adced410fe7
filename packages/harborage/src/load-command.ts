/** The command of `@harborage/cli`. */
interface LoadedCommand {
  runInProcess(): Promise<void>
}

/** Loads the command of `@harborage/cli`, or resolves to how to install it. */
export async function loadCommand(): Promise<LoadedCommand | string> {
  try {
    return await import('@harborage/cli')
  } catch (error) {
    if (!isNotInstalled(error)) throw error
    return 'harborage: the command is a package of its own: npm install @harborage/cli'
  }
}

/** Returns whether the package itself is missing, and not something that it needs. */
function isNotInstalled(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    'message' in error &&
    typeof error.message === 'string' &&
    error.message.includes("'@harborage/cli'")
  )
}
