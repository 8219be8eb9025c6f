// function.js as a component: node componentize.mjs MODULES SOURCE WIT OUTPUT, where MODULES is a folder with this folder's packages.
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [modules, sourcePath, witPath, output] = process.argv.slice(2)
const main = resolve(modules, 'node_modules/@bytecodealliance/componentize-js/src/componentize.js')
const { componentize } = await import(pathToFileURL(main))
const { component } = await componentize({ sourcePath, witPath, worldName: 'function' })
await writeFile(output, component)
