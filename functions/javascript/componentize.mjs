// A component of a JavaScript file: node componentize.mjs MODULES SOURCE WIT OUTPUT [WORLD [WITHOUT...]], where MODULES is a folder with
// this folder's packages, and WITHOUT are parts of the engine that the component does without, with what they import.
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [modules, sourcePath, witPath, output, worldName = 'function', ...disableFeatures] = process.argv.slice(2)
const main = resolve(modules, 'node_modules/@bytecodealliance/componentize-js/src/componentize.js')
const { componentize } = await import(pathToFileURL(main))
const { component } = await componentize({ sourcePath, witPath, worldName, disableFeatures })
await writeFile(output, component)
