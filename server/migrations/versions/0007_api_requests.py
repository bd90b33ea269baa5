"""Requests of API keys, by account and day."""

from alembic import op

revision = "0007_api_requests"
down_revision = "0006_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE usage_days ADD COLUMN api_requests bigint NOT NULL DEFAULT 0")


def downgrade() -> None:
    op.execute("ALTER TABLE usage_days DROP COLUMN api_requests")
