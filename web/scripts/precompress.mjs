// Writes .br and .gz siblings of every text file of the build, so that the service sends ready bytes.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const TEXT = /\.(html|js|mjs|css|svg|json|txt)$/
const SMALLEST_WORTH_IT = 1024

const folder = process.argv[2]
let before = 0
let after = 0
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !TEXT.test(entry.name)) continue
  const path = join(entry.parentPath, entry.name)
  const content = readFileSync(path)
  if (content.length < SMALLEST_WORTH_IT) continue
  const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
  writeFileSync(`${path}.br`, brotli)
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
  before += content.length
  after += brotli.length
}
console.log(`precompressed ${Math.round(before / 1024)} kB to ${Math.round(after / 1024)} kB (brotli)`)
