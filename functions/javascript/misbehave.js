
// For tests only: what a runtime has to end, and what one request may leave for the next one.
let requests = 0
const misbehaviour = {
  loop() {
    for (;;);
  },
  allocate() {
    for (const kept = []; ; ) kept.push(new Uint8Array(1024 * 1024).fill(1))
  },
  trap() {
    const deeper = () => deeper() + 1
    return deeper()
  },
  remember: () => ({ requests: ++requests }),
}
for (const [how, answer] of Object.entries(misbehaviour)) endpoints[`/misbehave/${how}`] = { allow: READ, answer }
