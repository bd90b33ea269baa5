"""Brings the database up to date as its owner, and gives the two roles their passwords.

Safe to run from several processes at once: an advisory lock lets one migrate while the others wait.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from inbox.kernel.errors import Unavailable
from server.settings import Settings

# Any fixed number: "prosa" on a telephone keypad.
_MIGRATION_LOCK = 77672
_CONNECT_TIMEOUT_SECONDS = 10
ROLES = ("prosa_app", "prosa_system")


class DatabaseUnreachable(Unavailable):
    code = "database_unreachable"
    title = "The database cannot be reached"


def migrate(settings: Settings) -> None:
    """Upgrades to the newest schema. Raises DatabaseUnreachable with the address (never the password)."""
    url = make_url(settings.database_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, connect_args={"connect_timeout": _CONNECT_TIMEOUT_SECONDS})
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            connection.commit()
            try:
                _upgrade(connection)
                if not settings.app_database_url and not settings.system_database_url:
                    _set_role_passwords(connection, settings)
                connection.commit()
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _MIGRATION_LOCK})
                connection.commit()
    except OperationalError as error:
        address = url.set(drivername="postgresql").render_as_string(hide_password=True)
        reason, *_ = str(error.orig).strip().splitlines()
        raise DatabaseUnreachable(f"{address}: {reason}") from error
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _set_role_passwords(connection: Connection, settings: Settings) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    for role in ROLES:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
        driver.execute(statement.format(sql.Identifier(role), sql.Literal(settings.role_password(role))))
