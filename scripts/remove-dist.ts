// The compiler never removes the output of a deleted source, and a package must not ship it.
import { rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
