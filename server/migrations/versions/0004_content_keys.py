"""The data keys of accounts that encrypt what is said: see the SQL file."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("what these keys have sealed would be lost: restore a backup instead")
