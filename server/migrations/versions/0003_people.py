"""Accounts' life, roles, second factor, API keys, audit, mail, privacy."""

from pathlib import Path

from alembic import op

revision = "0003_people"
down_revision = "0002_ingest"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("what people have entered would be lost: restore a backup instead")
