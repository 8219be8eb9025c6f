"""How risky an order is: a logistic regression of three features. Its weights are made up, for the example."""

import math

from wit_world import exports

BIAS = -4.0
PER_THOUSAND_CENTS = 0.02
PER_PIECE = 0.01
ABROAD = 1.5


class Score(exports.Score):
    def risk(self, of):
        evidence = BIAS + PER_THOUSAND_CENTS * of.total_cents / 1000 + PER_PIECE * of.pieces + (ABROAD if of.abroad else 0)
        return 1 / (1 + math.exp(-evidence))
