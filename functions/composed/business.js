// What becomes of an order: its rules, and the sum that it is worth. How risky it is, the next component says.
import { risk } from 'edge:orders/score@0.1.0'

const HOME = 'DE'
const MOST_ITEMS = 100
const MOST_PIECES = 1000
const MOST_RISK = 0.5

export const business = {
  review({ country, items }) {
    if (!items.length) return refused('an order has at least one item')
    if (items.length > MOST_ITEMS) return refused(`an order has at most ${MOST_ITEMS} items`)
    const odd = items.find(({ quantity }) => quantity < 1 || quantity > MOST_PIECES)
    if (odd) return refused(`${odd.sku}: a quantity is from 1 to ${MOST_PIECES}`)
    const totalCents = items.reduce((sum, { quantity, cents }) => sum + BigInt(quantity) * BigInt(cents), 0n)
    const pieces = items.reduce((sum, { quantity }) => sum + quantity, 0)
    const found = risk({ totalCents, pieces, abroad: country !== HOME })
    return { tag: 'decided', val: { totalCents, risk: found, accepted: found <= MOST_RISK } }
  },
}

function refused(why) {
  return { tag: 'refused', val: why }
}
