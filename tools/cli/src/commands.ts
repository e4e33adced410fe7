import type { Command } from './command.ts'
import { copy } from './commands/copy.ts'
import { doctor } from './commands/doctor.ts'
import { erase } from './commands/erase.ts'
import { exportCommand } from './commands/export.ts'
import { importCommand } from './commands/import.ts'
import { ls } from './commands/ls.ts'
import { migrate } from './commands/migrate.ts'
import { prune } from './commands/prune.ts'
import { show } from './commands/show.ts'
import { status } from './commands/status.ts'
import { tail } from './commands/tail.ts'
import { usage } from './commands/usage.ts'
import { verify } from './commands/verify.ts'

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  status,
  doctor,
  migrate,
  ls,
  show,
  tail,
  usage,
  copy,
  verify,
  exportCommand,
  importCommand,
  erase,
  prune,
]
