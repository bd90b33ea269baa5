"""Proof that nothing is lost: what was received and stored, what processes have seen, how each message travelled."""

from pathlib import Path

from alembic import op

revision = "0005_proof"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("the proof of what was delivered would be lost: restore a backup instead")
