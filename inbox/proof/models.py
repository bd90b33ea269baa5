"""Tables of the proof: facts (counted by ingest), observations (reported by processes), trips of single messages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger
from sqlmodel import Field, SQLModel

from inbox.kernel.columns import big_column, text_column


class ProofFacts(SQLModel, table=True):
    """One minute of ingest, counted in the commits themselves."""

    __tablename__ = "proof_facts"

    account_id: UUID = Field(primary_key=True, foreign_key="accounts.account_id", ondelete="CASCADE")
    minute: datetime = Field(primary_key=True)
    received: int = big_column(0)
    stored: int = big_column(0)
    repeated: int = big_column(0)
    parked: int = big_column(0)
    messages: int = big_column(0)
    announced: int = big_column(0)


class ProofObservation(SQLModel, table=True):
    """One minute as one process saw it; the nil process is the log itself."""

    __tablename__ = "proof_observations"

    account_id: UUID = Field(primary_key=True)
    process_id: UUID = Field(primary_key=True)
    minute: datetime = Field(primary_key=True)
    numbered: int = big_column(0)
    published: int = big_column(0)
    dropped: int = big_column(0)
    passed: int = big_column(0)
    relayed: int = big_column(0)
    found: int = big_column(0)
    pushed: int = big_column(0)
    acknowledged: int = big_column(0)
    ended: int = big_column(0)


class ProofProcess(SQLModel, table=True):
    """When a process reported last."""

    __tablename__ = "proof_processes"

    account_id: UUID = Field(primary_key=True)
    process_id: UUID = Field(primary_key=True)
    seen_at: datetime


class ProofLogMark(SQLModel, table=True):
    """How far the log is counted, and how many numbers had no row."""

    __tablename__ = "proof_log_marks"

    account_id: UUID = Field(primary_key=True)
    counted_to: int = big_column(0)
    holes: int = big_column(0)


class MessageTrip(SQLModel, table=True):
    """When a message passed its four stations, on the servers' clocks."""

    __tablename__ = "message_trips"

    account_id: UUID = Field(primary_key=True)
    message_id: UUID = Field(primary_key=True)
    received_at: datetime | None = None
    stored_at: datetime
    pushed_at: datetime
    painted_at: datetime | None = None


class TripHour(SQLModel, table=True):
    """How many messages took how long on one leg, in one hour (inbox/proof/histogram)."""

    __tablename__ = "trip_hours"

    account_id: UUID = Field(primary_key=True)
    hour: datetime = Field(primary_key=True)
    leg: str = text_column(primary_key=True)
    bucket: int = Field(primary_key=True, sa_type=SmallInteger)
    count: int = big_column(0)
