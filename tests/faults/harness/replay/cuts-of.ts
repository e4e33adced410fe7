import { Disk } from './disk.ts'
import type { Fate } from './disk-file.ts'
import type { DiskEvent } from './strace-log.ts'

/** What a power loss leaves behind. */
export interface PowerCut {
  readonly files: ReadonlyMap<string, Uint8Array>
  /** The lines that were written by then. */
  readonly told: readonly string[]
}

/** Returns cuts that are spread over a recording. */
export function* cutsOf(
  events: readonly DiskEvent[],
  cuts: number,
  random: () => number,
): Generator<PowerCut> {
  const disk = new Disk()
  const told: string[] = []
  let next = 0
  for (const [index, event] of events.entries()) {
    while (next < cuts && index >= ((next + random()) * events.length) / cuts) {
      yield { files: disk.after(fates(next, random)), told: [...told] }
      next += 1
    }
    if (event.type === 'tell') told.push(...event.lines)
    else disk.apply(event)
  }
  for (; next < cuts; next += 1) {
    yield { files: disk.after(fates(next, random)), told: [...told] }
  }
}

/** Returns the fates of unsynchronized changes: all are lost, all are kept, or a random part. */
function fates(cut: number, random: () => number): () => Fate {
  if (cut % 5 === 0) return () => 'lost'
  if (cut % 5 === 1) return () => 'kept'
  const lost = random()
  return () => {
    const drawn = random()
    if (drawn < lost) return 'lost'
    return random() < 0.5 ? 'kept' : 'torn'
  }
}
