"""/v1/exports: files that were asked for, and their bytes."""

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from inbox.exports import service
from inbox.exports.views import ExportView
from server.api.dependencies import CurrentActor, CurrentContext, CurrentDatabase

router = APIRouter(prefix="/v1/exports", tags=["exports"])

# What makers make: a log for spreadsheets or programs, archives.
_FILE_TYPES = ("text/csv", "application/x-ndjson", "application/zip")


@router.get("")
async def list_exports(database: CurrentDatabase, actor: CurrentActor) -> list[ExportView]:
    """Newest first: those of the kinds that the actor may have."""
    return await service.list_exports(database, actor)


@router.get("/{export_id}")
async def get_export(export_id: UUID, database: CurrentDatabase, actor: CurrentActor) -> ExportView:
    return await service.get_export(database, actor, export_id)


@router.get(
    "/{export_id}/file",
    response_class=StreamingResponse,
    responses={200: {"description": "The file.", "content": {name: {} for name in _FILE_TYPES}}},
)
async def download_export(export_id: UUID, context: CurrentContext, actor: CurrentActor) -> StreamingResponse:
    """The file itself; each download is on record."""
    opened = await service.open_export(context.database, actor, context.media_store, export_id)
    name = opened.export.file_name
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return StreamingResponse(
        opened.stored.chunks,
        media_type=opened.export.mime_type,
        headers={
            "Content-Length": str(opened.stored.size),
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
