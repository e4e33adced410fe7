// Loaded first by a test: native parts fail to load, as those of another system or Node.js do.
process.dlopen = (): never => {
  throw Object.assign(new Error('compiled against a different Node.js version'), {
    code: 'ERR_DLOPEN_FAILED',
  })
}
