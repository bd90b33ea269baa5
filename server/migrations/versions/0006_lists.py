"""Open tickets by state, so that a short queue is found at once among many tickets that are being answered."""

from alembic import op

revision = "0006_lists"
down_revision = "0005_proof"
branch_labels = None
depends_on = None

# The state's place costs ingest nothing: every message moves the entry anyway, by its time.
_UPGRADE = """
CREATE INDEX tickets_open_by_state ON tickets (account_id, department_id, state, last_message_at DESC, id DESC)
    WHERE closed_at IS NULL;
DROP INDEX tickets_open_list;
"""
_DOWNGRADE = """
CREATE INDEX tickets_open_list ON tickets (account_id, department_id, last_message_at DESC, id DESC) WHERE closed_at IS NULL;
DROP INDEX tickets_open_by_state;
"""


def upgrade() -> None:
    op.execute(_UPGRADE)


def downgrade() -> None:
    op.execute(_DOWNGRADE)
