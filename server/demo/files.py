"""The demo's files: pictures, voice notes and documents, drawn at run time and shared by many messages."""

import asyncio
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from inbox.kernel.ids import new_id
from inbox.media.storage import MediaStore, storage_key
from server.sandbox.pictures import build_document, build_photo, build_receipt, build_sticker
from server.sandbox.voices import build_voice_note

# Drawing is half C, half Python: two threads are as fast as it gets on two cores.
_THREADS = 2
_PHOTO_SIZE = (920, 1160)
_RECEIPT_SIZE = (720, 1080)
_STICKER_SIZE = (512, 512)


@dataclass(frozen=True, slots=True)
class StoredDemoFile:
    """What a media row says of a file that is in the store."""

    storage_key: str
    sha256: str
    size: int
    mime_type: str
    file_name: str | None
    width: int | None
    height: int | None
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class _Plan:
    draw: Callable[[], bytes]
    mime_type: str
    file_name: str | None = None
    size: tuple[int, int] | None = None
    seconds: float | None = None


def _photo(subject: str, variant: int) -> _Plan:
    return _Plan(lambda: build_photo(subject, variant), "image/jpeg", size=_PHOTO_SIZE)


def _receipt(amount: str, name: str, reference: str) -> _Plan:
    return _Plan(lambda: build_receipt(amount, name, reference), "image/jpeg", size=_RECEIPT_SIZE)


def _voice(seconds: float, variant: int) -> _Plan:
    return _Plan(lambda: build_voice_note(seconds, variant), "audio/ogg; codecs=opus", seconds=seconds)


def _document(file_name: str, title: str, *lines: str) -> _Plan:
    return _Plan(lambda: build_document(title, lines), "application/pdf", file_name=file_name)


_PLANS: dict[str, tuple[_Plan, ...]] = {
    "sofa": tuple(_photo("sofa", variant) for variant in range(3)),
    "luminaria": tuple(_photo("luminaria", variant) for variant in range(2)),
    "geladeira": (_photo("geladeira", 0),),
    "tela": (_photo("tela", 0),),
    "comprovante": (
        _receipt("R$ 2.890,00", "Mariana C. Alves", "CP-48213"),
        _receipt("R$ 649,00", "Paulo R. Mendes", "CP-48377"),
        _receipt("R$ 1.249,90", "Juliana S. Prado", "CP-48590"),
    ),
    "feliz": (_Plan(build_sticker, "image/webp", size=_STICKER_SIZE),),
    "nota-6": (_voice(6.0, 1),),
    "nota-8": (_voice(8.0, 3),),
    "nota-4": (_voice(4.0, 4),),
    "pedido": (
        _document("pedido.pdf", "Resumo do pedido", "Casa Prosa", "Entrega em 7 dias úteis", "Obrigado!"),
    ),
    "orcamento": (
        _document("orcamento.pdf", "Orçamento", "Linho claro: R$ 2.890", "Veludo: R$ 3.190", "Validade: 10 dias"),
    ),
    "boleto": (_document("boleto.pdf", "Boleto bancário", "Valor: R$ 389,90", "Beneficiário: Casa Prosa"),),
    "nota-fiscal": (_document("nota-fiscal.pdf", "Nota fiscal", "Painel com suporte", "Valor: R$ 1.890,00"),),
    "manual": (_document("manual-de-cuidados.pdf", "Cuidados com tecidos", "Pano úmido", "Sabão neutro"),),
    "projeto": (_document("planta-apartamento.pdf", "Planta", "Sala 18 m²", "Quarto 12 m²", "Varanda 6 m²"),),
}  # fmt: skip


async def store_demo_files(
    store: MediaStore, account_id: UUID, now: datetime
) -> dict[str, tuple[StoredDemoFile, ...]]:
    """Draws and stores every file; answers the variants under their names."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(_THREADS, "demo files") as threads, tempfile.TemporaryDirectory() as folder:

        async def make(plan: _Plan) -> StoredDemoFile:
            content = await loop.run_in_executor(threads, plan.draw)
            file_id = new_id()
            file = Path(folder) / file_id.hex
            await loop.run_in_executor(threads, file.write_bytes, content)
            key = storage_key(account_id, file_id, now)
            await store.put(key, file, plan.mime_type)
            width, height = plan.size or (None, None)
            return StoredDemoFile(
                storage_key=key,
                sha256=sha256(content).hexdigest(),
                size=len(content),
                mime_type=plan.mime_type,
                file_name=plan.file_name,
                width=width,
                height=height,
                duration_ms=round(plan.seconds * 1000) if plan.seconds else None,
            )

        stored: dict[str, tuple[StoredDemoFile, ...]] = {}
        made = await asyncio.gather(*(make(plan) for plans in _PLANS.values() for plan in plans))
        files = iter(made)
        for name, plans in _PLANS.items():
            stored[name] = tuple(next(files) for _ in plans)
        return stored
