"""The core tables, the job queue's tables, row-level security and the two roles."""

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The queue serves all accounts, so prosa_app may only put jobs in; Procrastinate's functions and triggers run as their
# caller. It may read back the id of what it inserted and nothing else.
_QUEUE_GRANTS = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
                AND c.relkind = 'r' AND c.relname LIKE 'procrastinate%' LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO prosa_system', name);
    END LOOP;
    FOR name IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
                AND c.relkind = 'S' AND c.relname LIKE 'procrastinate%' LOOP
        EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %I TO prosa_system, prosa_app', name);
    END LOOP;
END $$;
GRANT INSERT, SELECT (id) ON procrastinate_jobs TO prosa_app;
GRANT INSERT ON procrastinate_events TO prosa_app;
"""


def upgrade() -> None:
    # Plain driver execution: the files hold many statements and percent signs, and take no parameters.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    connection.execute(SchemaManager.get_schema())
    connection.execute(_QUEUE_GRANTS)


def downgrade() -> None:
    raise NotImplementedError("the first migration is not undone: drop the database instead")
