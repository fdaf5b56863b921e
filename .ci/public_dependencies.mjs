// Reads what rustdoc says of crates, in JSON, and compares the foreign crates whose types and traits stand in their
// public API with a list: `node .ci/public_dependencies.mjs LIST CRATE.json...`. A new version of one of those that
// breaks its users breaks ours.
import { readFileSync } from 'node:fs'

const [list, ...files] = process.argv.slice(2)
const ours = ['larder', 'cache_core', 'cache_macros', 'cache_backends']
const ofRust = ['std', 'core', 'alloc', 'proc_macro']

// What the API says, and not what its docs link to; nor what holds of every type there is.
const isNoise = (key, value) =>
  ['links', 'docs', 'span'].includes(key) || (key === 'impl' && (value.is_synthetic || value.blanket_impl))

const found = new Map()

function walk(value, seen) {
  if (value === null || typeof value !== 'object') return
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'id' && inner !== null && value.inner === undefined) seen(inner)
    if (!isNoise(key, inner)) walk(inner, seen)
  }
}

for (const file of files) {
  const { index, paths, external_crates: crates } = JSON.parse(readFileSync(file))
  if (index === undefined || paths === undefined) throw new Error(`${file} is not what rustdoc writes`)
  for (const item of Object.values(index)) {
    if (item.crate_id !== 0) continue
    walk(item.inner, id => {
      const { crate_id: number, path } = paths[id] ?? { crate_id: 0 }
      const name = number === 0 ? 'larder' : crates[number].name
      if (!ours.includes(name) && !ofRust.includes(name) && !found.has(name)) found.set(name, path.join('::'))
    })
  }
}

const lines = readFileSync(list, 'utf8').split('\n').filter(line => line !== '' && !line.startsWith('#'))
const known = lines.map(line => line.split(':')[0])
const news = [...found].filter(([name]) => !known.includes(name))
const gone = known.filter(name => !found.has(name))
for (const [name, path] of news) console.error(`\`${path}\` stands in the public API, and ${list} does not name ${name}`)
for (const name of gone) console.error(`${list} names ${name}, of which nothing stands in the public API any more`)
if (news.length + gone.length > 0) process.exit(1)
console.log(`${known.length} foreign crates stand in the public API: ${known.join(', ')}`)
