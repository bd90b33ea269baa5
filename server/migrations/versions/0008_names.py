"""An index of the words of contacts' names: see the SQL file."""

from pathlib import Path

from alembic import op

revision = "0008_names"
down_revision = "0007_api_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP INDEX contacts_names")
    for function in (
        "prosa_words_query(uuid, text)",
        "prosa_words(uuid, text)",
        "prosa_split_words(uuid, text)",
    ):
        op.execute(f"DROP FUNCTION {function}")
