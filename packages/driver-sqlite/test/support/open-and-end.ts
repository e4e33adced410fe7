// Run by a test, to see that this process ends when its work is done.
import { Notes } from './notes.ts'

const notes = await Notes.open({ dsn: ':memory:' })
await notes.write('one')
if (process.argv[2] === 'closed') await notes.close()
