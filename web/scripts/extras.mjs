// Adds to the build what other programs use: the map's style for each theme, and the pages of the API's description.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createServer } from 'vite'

const folder = process.argv[2]
const styles = join(folder, 'styles')
const swagger = join(folder, 'swagger')
for (const each of [styles, swagger]) mkdirSync(each, { recursive: true })

const vite = await createServer({ server: { middlewareMode: true, ws: false }, appType: 'custom', optimizeDeps: { noDiscovery: true }, logLevel: 'error' })
const { publishedStyle } = await vite.ssrLoadModule('/src/map/published-style.ts')
for (const theme of ['light', 'dark']) writeFileSync(join(styles, `${theme}.json`), JSON.stringify(publishedStyle(theme)))
await vite.close()

const dist = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css']) copyFileSync(join(dist, file), join(swagger, file))
