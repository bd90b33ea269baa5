"""What ingest pays for per message and does not need: see the SQL file."""

from pathlib import Path

from alembic import op

revision = "0002_ingest"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain driver execution, as in 0001.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError(
        "a foreign key that was not checked cannot be trusted again: restore a backup instead"
    )
