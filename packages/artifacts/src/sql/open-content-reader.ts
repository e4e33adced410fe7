import type { SqlDatabase } from '@harborage/core/sql'
import type { ContentReader } from './content-reader.ts'
import { DirectReader } from './direct-reader.ts'
import { PartsReader } from './parts-reader.ts'

/** Chooses how bytes are read by what the engine says of itself. */
export function openContentReader(database: SqlDatabase): ContentReader {
  switch (database.traits.largeBytes) {
    case 'direct':
      return new DirectReader(database)
    case 'base64_parts':
      return new PartsReader(database)
  }
}
