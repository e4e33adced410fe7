/** The number of refs that one call reads concurrently. */
export const READS_AT_ONCE = 16

/** Resolves to all results once no promise is pending, even if one rejects. */
export async function allOf<Result>(running: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(running)
  return Promise.all(running)
}
