"""/docs: the description of REST, to be read by people. Self-contained: nothing is fetched from elsewhere."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

router = APIRouter(include_in_schema=False)

_FOLDER = Path(__file__).parent / "reader_page"


@router.get("/docs")
async def show_reader() -> FileResponse:
    return FileResponse(_FOLDER / "reader.html", media_type="text/html")


@router.get("/docs/reader.js")
async def reader_script() -> FileResponse:
    return FileResponse(_FOLDER / "reader.js", media_type="text/javascript")


@router.get("/docs/reader.css")
async def reader_style() -> FileResponse:
    return FileResponse(_FOLDER / "reader.css", media_type="text/css")
