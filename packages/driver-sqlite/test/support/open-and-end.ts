// Started by a test, to check that the process ends when its work is done.
import { Notes } from './notes.ts'

const [, , dsn = '', how = '', count = ''] = process.argv
const notes = await Notes.open({ dsn })
const padding = 'x'.repeat(8_000)
for (let note = 0; note < Number(count); note += 1) await notes.write(`${note}${padding}`)
if (how === 'closed') await notes.close()
