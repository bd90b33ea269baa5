"""What tests of accounts' life share."""

from pathlib import Path

import pytest

from inbox.kernel.encryption import Vault
from inbox.mail.service import Mailer
from inbox.media.storage import MediaStore


@pytest.fixture
def mailer(vault: Vault) -> Mailer:
    return Mailer(vault)


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path.as_uri())
