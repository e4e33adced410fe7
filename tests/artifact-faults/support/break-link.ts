import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const PIECE_BYTES = 64

/** From now on a file gets its name first and its content after, as it would be if it were written in place. */
export function breakLink(): void {
  promises.link = async (from, to) => {
    const content = await promises.readFile(from)
    const file = await promises.open(to, 'wx', 0o600)
    for (let done = 0; done < content.length; done += PIECE_BYTES) {
      await file.write(content.subarray(done, done + PIECE_BYTES))
    }
    await file.close()
  }
  syncBuiltinESMExports()
}
