import { HarborageError, type Owner } from '@harborage/core'
import {
  checkEventId,
  checkExpiry,
  checkSignal,
  describeType,
  KnownNames,
  type CheckedCall,
} from '@harborage/core/kit'
import type { CheckedTouch, HeadMark } from '../journal-driver.ts'
import type { StreamTouchOptions } from '../journal-record.ts'
import { checkPosition, checkStream } from './check-stream.ts'

const names = new KnownNames('options', ['signal', 'ifHead', 'expiresAt'])
/** The names of `StreamHead`. */
const headNames = new KnownNames('options.ifHead', [
  'generation',
  'first',
  'position',
  'length',
  'updatedAt',
  'expiresAt',
])

/** Checks the arguments of a touch, which has to name a head and a time. */
export function checkTouch(
  owner: Owner,
  stream: string,
  options: StreamTouchOptions,
): CheckedCall & { readonly touch: CheckedTouch } {
  const key = checkStream(owner, stream)
  const signal = checkSignal(options, names)
  const { ifHead, expiresAt }: Partial<StreamTouchOptions> = options ?? {}
  return {
    signal,
    touch: {
      ...key,
      ifHead: checkHead(ifHead),
      expiresAt: expiresAt === null ? undefined : checkExpiry(expiresAt),
    },
  }
}

function checkHead(ifHead: unknown): HeadMark {
  if (typeof ifHead !== 'object' || ifHead === null) {
    throw new HarborageError(
      'invalid_record',
      `options.ifHead is ${describeType(ifHead)}: pass the head that the stream has to have`,
    )
  }
  headNames.check(ifHead)
  const { generation, position }: { generation?: unknown; position?: unknown } = ifHead
  return {
    generation: checkEventId(
      'options.ifHead.generation',
      generation,
      'pass the head that the stream has to have',
    ),
    position: checkPosition('options.ifHead.position', position),
  }
}
