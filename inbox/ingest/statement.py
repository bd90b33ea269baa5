"""SQL with named values, for a driver that counts them: a statement of fifty arrays is written and read by names."""

import re
from collections.abc import Mapping
from typing import Any

# A colon before a word; two colons are a cast.
_NAME = re.compile(r"(?<!:):([a-z_]+)")


class Statement:
    """`text` has $1, $2, … in place of the names; `arguments` puts values in that order."""

    __slots__ = ("names", "text")

    def __init__(self, text: str) -> None:
        self.names: tuple[str, ...] = tuple(dict.fromkeys(_NAME.findall(text)))
        places = {name: f"${place}" for place, name in enumerate(self.names, start=1)}
        self.text = _NAME.sub(lambda match: places[match[1]], text)

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Raises KeyError for a value that is missing; values that the statement does not name are left out."""
        return [values[name] for name in self.names]
