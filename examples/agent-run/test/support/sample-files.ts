/** A small project: three sessions, seven files, 33 steps. */
export const sampleFiles: Readonly<Record<string, string | Uint8Array>> = {
  'README.md': '# Sample\n\nSome words about boats.\n\n## Harbours\n\nBoats, boats and boats.\n',
  'package.json': '{ "name": "sample", "private": true }\n',
  'src/index.ts': "import { sail } from './sail.ts'\n\nsail()\n// TODO: come back\n",
  'src/sail.ts':
    "import { hash } from 'node:crypto'\n\nexport const sail = () => hash('md5', '')\n",
  'src/deep/er/still.ts': "export * from '../../sail.ts'\n",
  'notes/monday.txt': 'wind from the west\n',
  'notes/tuesday.txt': 'wind from the east, FIXME\n',
}

export const SAMPLE_STEPS = 4 * 7 + 5
