/** The platforms for which the Claude Agent SDK has a native binary of hundreds of megabytes. */
const platforms = [
  ...['linux-x64', 'linux-arm64', 'linux-x64-musl', 'linux-arm64-musl'],
  ...['darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'],
]

const SDK = '@anthropic-ai/claude-agent-sdk'

/** What npm installs in place of the binaries, as `overrides` of a package.json. */
export const overridesForNpm: Readonly<Record<string, string>> = Object.fromEntries(
  platforms.map((platform) => [`${SDK}-${platform}`, 'file:./no-binary']),
)

/**
 * Files of a project that make npm and pnpm install the SDK without its binaries, and pnpm also
 * without the packages that it has the types of calls to a model from. No test starts a model.
 */
export const withoutBinaries: Readonly<Record<string, string>> = {
  'no-binary/package.json': JSON.stringify({ name: 'no-binary', version: '1.0.0' }),
  'pnpm-workspace.yaml': [
    'ignoredOptionalDependencies:',
    `  - '${SDK}-*'`,
    'overrides:',
    `  '${SDK}>@anthropic-ai/sdk': '-'`,
    `  '${SDK}>@modelcontextprotocol/sdk': '-'`,
    '',
  ].join('\n'),
}
