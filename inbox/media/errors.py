"""What can be wrong with a file. Each says in both languages what a person can do about it."""

from typing import Any

from inbox.kernel.errors import ProsaError


class UnusableFile(ProsaError):
    """WhatsApp would not take this file in this role; `reason` tells why and what helps."""

    code = "unusable_file"
    status = 422
    title = "This file cannot be sent"

    def __init__(self, reason_key: str, **figures: Any) -> None:
        reason = {locale: sentence.format(**figures) for locale, sentence in _REASONS[reason_key].items()}
        super().__init__(reason["en"], reason_key=reason_key, reason=reason, **figures)
        self.reason_key = reason_key
        self.reason = reason


class FileTooLarge(UnusableFile):
    code = "file_too_large"
    status = 413
    title = "This file is too large"


class MediaNotStored(ProsaError):
    """The file is still being fetched, or could not be."""

    code = "media_not_stored"
    status = 409
    title = "This file is not here yet"
    retryable = True


class MediaExpired(ProsaError):
    """WhatsApp keeps received files for seven days; this one was not fetched within them."""

    code = "media_expired"
    status = 410
    title = "WhatsApp no longer has this file"


_REASONS: dict[str, dict[str, str]] = {
    "empty": {
        "pt-BR": "O arquivo está vazio.",
        "en": "The file is empty.",
    },
    "too_large": {
        "pt-BR": "O arquivo tem mais de {limit_mb} MB, o máximo do WhatsApp para este tipo.",
        "en": "The file has more than {limit_mb} MB, WhatsApp's maximum for this type.",
    },
    "picture_unreadable": {
        "pt-BR": "Não foi possível ler esta imagem. Salve como JPEG ou PNG e envie de novo.",
        "en": "This picture cannot be read. Save it as JPEG or PNG and send it again.",
    },
    "picture_too_many_pixels": {
        "pt-BR": "A imagem é grande demais. Reduza as dimensões e envie de novo.",
        "en": "The picture has too many pixels. Make it smaller and send it again.",
    },
    "picture_animated": {
        "pt-BR": "O WhatsApp não aceita imagens animadas. Envie como vídeo MP4 ou como documento.",
        "en": "WhatsApp takes no animated pictures. Send it as an MP4 video or as a document.",
    },
    "video_format": {
        "pt-BR": "O WhatsApp só aceita vídeos MP4 ou 3GP com H.264 e AAC. Converta ou envie como documento.",
        "en": "WhatsApp only takes MP4 or 3GP videos with H.264 and AAC. Convert it or send it as a document.",
    },
    "audio_unreadable": {
        "pt-BR": "Não foi possível ler este áudio.",
        "en": "This audio cannot be read.",
    },
    "sticker_format": {
        "pt-BR": "Figurinhas são imagens WebP de 512×512, com até 100 KB (500 KB se animadas).",
        "en": "Stickers are WebP pictures of 512×512, of at most 100 KB (500 KB when animated).",
    },
    "not_a_picture": {
        "pt-BR": "Este arquivo não é uma imagem. Envie como documento.",
        "en": "This file is not a picture. Send it as a document.",
    },
    "not_a_video": {
        "pt-BR": "Este arquivo não é um vídeo. Envie como documento.",
        "en": "This file is not a video. Send it as a document.",
    },
    "not_audio": {
        "pt-BR": "Este arquivo não é um áudio. Envie como documento.",
        "en": "This file is not audio. Send it as a document.",
    },
}
