"""Many rows: work that grows with their square would take minutes, and keep the tests from ending."""

MANY = 20_000
RULES = [f"t.csv:{i + 2}" for i in range(MANY)]
WORDS = [f"w{i}" for i in range(MANY)]
