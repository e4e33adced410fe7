// Preloaded by a test: makes native addons fail to load, like those of another platform or Node.js.
process.dlopen = (): never => {
  throw Object.assign(new Error('compiled against a different Node.js version'), {
    code: 'ERR_DLOPEN_FAILED',
  })
}
