"""Column types that SQLModel does not infer as the schema has them: text (not varchar), jsonb, small and big integers.

The models mirror the migrations; a test compares both with the database. Defaults that the database also has are given
where rows are made through a model.
"""

from typing import Any

from sqlalchemy import BigInteger, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB
from sqlmodel import Field

# "Required" as pydantic spells it: a column without a default.
_REQUIRED: Any = ...


def text_column(default: Any = _REQUIRED, *, primary_key: bool = False) -> Any:
    return Field(default, sa_type=Text, primary_key=primary_key)


def json_column(default: Any = _REQUIRED) -> Any:
    """`dict` as default gives every row its own empty object."""
    if default is dict:
        return Field(default_factory=dict, sa_type=JSONB)
    # A missing object is SQL's NULL, never JSON's null.
    return Field(default, sa_type=JSONB(none_as_null=True))


def text_array_column() -> Any:
    return Field(default_factory=list, sa_type=ARRAY(Text))


def small_column(default: Any = _REQUIRED) -> Any:
    return Field(default, sa_type=SmallInteger)


def big_column(default: Any = _REQUIRED) -> Any:
    return Field(default, sa_type=BigInteger)


def ip_column() -> Any:
    return Field(None, sa_type=INET)


def created_column() -> Any:
    """A timestamptz that the database fills with the start of the transaction."""
    return Field(None, sa_column_kwargs={"server_default": text("now()"), "nullable": False})
