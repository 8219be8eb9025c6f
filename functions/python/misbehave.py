

# For tests only: what a runtime has to end, and what one request may leave for the next one.
KEPT = []


def loop(_):
    while True:
        pass


def allocate(_):
    while True:
        KEPT.append(b"1" * (1024 * 1024))


def trap(_):
    raise SystemError("trap")


def remember(_):
    KEPT.append(b"")
    return {"requests": len(KEPT)}


ENDPOINTS.update({f"/misbehave/{answer.__name__}": (READ, answer) for answer in (loop, allocate, trap, remember)})
