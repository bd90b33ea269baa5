"""Files that pretend: what a file is, its bytes say; and whatever it is, a browser runs nothing of it from our address."""

import io

import httpx
import pytest
from PIL import Image

from tests.conftest import SeededAccount
from tests.server.api.conftest import SignedInClient, SignIn

_HTML = b"<!doctype html><html><body><script>alert(document.domain)</script></body></html>"
_SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
_BARE_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
_SCRIPT = b"/* a */ alert(document.domain)"
_XML = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'
# Valid both as GIF and as script: the header is a variable's name, the rest of it a comment.
_GIF_AND_SCRIPT = b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(document.domain)//"


def picture(form: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, form)
    return file.getvalue()


async def kept_and_given(client: SignedInClient, content: bytes, name: str, declared: str) -> httpx.Response:
    """Uploaded as a document (no rewriting), then fetched as a browser would."""
    answer = await client.post(
        "/api/v1/media", files={"file": (name, content, declared)}, data={"kind": "document"}
    )
    assert answer.status_code == 201, answer.text
    return await client.get(f"/media/{answer.json()['id']}")


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        pytest.param(_HTML, "photo.jpg", "image/jpeg", id="html called jpg"),
        pytest.param(_HTML, "page.html", "text/html", id="html"),
        pytest.param(_SVG, "logo.svg", "image/svg+xml", id="svg with a script"),
        pytest.param(_BARE_SVG, "logo.png", "image/png", id="svg called png"),
        pytest.param(_XML, "page.xhtml", "application/xhtml+xml", id="xhtml"),
        pytest.param(_SCRIPT, "app.js", "text/javascript", id="script"),
        pytest.param(b"%!PS-Adobe", "x.pdf", "application/pdf", id="not a pdf"),
        pytest.param(b"PK\x03\x04" + b"\x00" * 40, "x.html", "text/html", id="zip called html"),
        pytest.param(b"\x00\x01\x02", "x.svg", "image/svg+xml", id="bytes called svg"),
    ],
)
async def test_what_could_run_is_saved_and_never_shown(
    signed_in: SignIn, seed: SeededAccount, content: bytes, name: str, declared: str
) -> None:
    given = await kept_and_given(await signed_in(seed.ana), content, name, declared)
    assert given.status_code == 200
    assert given.content == content
    assert given.headers["content-type"] == "application/octet-stream"
    assert given.headers["content-disposition"].startswith("attachment")
    assert_harmless(given)


@pytest.mark.parametrize(
    ("content", "name", "declared", "shown_as"),
    [
        pytest.param(
            picture("JPEG") + _HTML, "a.html", "text/html", "image/jpeg", id="jpeg with html behind"
        ),
        pytest.param(
            picture("PNG") + _SCRIPT, "a.js", "text/javascript", "image/png", id="png with script behind"
        ),
        pytest.param(_GIF_AND_SCRIPT, "a.js", "text/javascript", "image/gif", id="gif that is a script"),
        pytest.param(
            b"%PDF-1.4\n" + _HTML + b"\n%%EOF",
            "a.html",
            "text/html",
            "application/pdf",
            id="pdf with html inside",
        ),
    ],
)
async def test_a_file_of_two_kinds_is_only_ever_the_harmless_one(
    signed_in: SignIn, seed: SeededAccount, content: bytes, name: str, declared: str, shown_as: str
) -> None:
    given = await kept_and_given(await signed_in(seed.ana), content, name, declared)
    assert given.headers["content-type"] == shown_as
    assert_harmless(given)


def assert_harmless(given: httpx.Response) -> None:
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["cross-origin-resource-policy"] == "same-origin"
    policy = given.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy or given.headers["content-type"] == "application/pdf"


async def test_a_name_cannot_break_out_of_its_header(signed_in: SignIn, seed: SeededAccount) -> None:
    name = 'a"; filename=evil.html; x="\r\nSet-Cookie: a=b'
    given = await kept_and_given(await signed_in(seed.ana), _HTML, name, "text/html")
    assert "set-cookie" not in given.headers
    assert given.headers["content-disposition"].count('filename="') == 1
    assert "filename=evil" not in given.headers["content-disposition"].split('"')[2]


async def test_an_upload_of_nobody_is_refused_before_it_is_read(client: httpx.AsyncClient) -> None:
    read = 0

    async def endless() -> object:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 1024

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await client.post("/api/v1/media", content=endless(), headers=headers)  # type: ignore[arg-type]  # bytes
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert read <= 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 100_000, id="deep, unfinished"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep"),
        pytest.param(b'{"a":' * 50_000 + b"1" + b"}" * 50_000, id="deep objects"),
        pytest.param(b'{"email": 1e999999, "password": 1}', id="endless number"),
        pytest.param(b'{"email": "\xff\xfe"}', id="not UTF-8"),
        pytest.param(b'{"email": "\\ud800", "password": "x"}', id="half a surrogate"),
        pytest.param(b'{"email": "a\\u0000b@example.com", "password": "x"}', id="NUL"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"null", id="null"),
    ],
)
async def test_json_that_means_harm_is_a_problem_not_a_crash(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(
        "/api/v1/auth/sign-in", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.headers["content-type"] == "application/problem+json"
    assert 400 <= answer.status_code < 500, answer.text


async def test_a_body_that_is_too_large_is_refused_announced_or_not(client: httpx.AsyncClient) -> None:
    async def chunks() -> object:
        for _ in range(1100):
            yield b"x" * 1024

    for content in (b"x" * (1024 * 1024 + 1), chunks()):
        answer = await client.post(
            "/api/v1/auth/sign-in",
            content=content,  # type: ignore[arg-type]  # bytes
            headers={"Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_form_of_too_many_parts_is_refused(signed_in: SignIn, seed: SeededAccount) -> None:
    client = await signed_in(seed.ana)
    part = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\ny\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await client.post("/api/v1/media", content=part * 5000 + b"--b--\r\n", headers=headers)
    assert answer.status_code in (400, 413, 422)
