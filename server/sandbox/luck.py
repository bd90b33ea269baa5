"""Seeded randomness: one stream per purpose, so that more draws for one do not change another."""

import random


def build_luck(seed: int | str, purpose: str) -> random.Random:
    return random.Random(f"{seed}:{purpose}")  # noqa: S311  # repeatable on purpose, nothing secret depends on it
