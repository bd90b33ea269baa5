"""Names and numbers of virtual customers. Same seed, same people, in the same order."""

from dataclasses import dataclass
from typing import Final

from server.sandbox.luck import build_luck

FIRST_NAMES: Final = (
    "Ana", "Beatriz", "Camila", "Daniela", "Eduarda", "Fernanda", "Gabriela", "Helena", "Isabela", "Juliana",
    "Larissa", "Letícia", "Luana", "Mariana", "Natália", "Patrícia", "Priscila", "Rafaela", "Renata", "Sônia",
    "Tatiane", "Vanessa", "Yasmin", "Conceição", "Antônio", "Bruno", "Caio", "Diego", "Edson", "Felipe", "Gustavo",
    "Henrique", "Igor", "João", "Jorge", "Leandro", "Lucas", "Marcelo", "Mateus", "Otávio", "Paulo", "Rafael",
    "Rodrigo", "Sérgio", "Thiago", "Vinícius", "Wagner", "Wesley", "José Carlos", "Maria Clara",
)  # fmt: skip
LAST_NAMES: Final = (
    "Almeida", "Alves", "Andrade", "Araújo", "Barbosa", "Batista", "Cardoso", "Carvalho", "Castro", "Costa",
    "Dias", "Ferreira", "Freitas", "Gomes", "Gonçalves", "Lima", "Lopes", "Machado", "Martins", "Mendes",
    "Moraes", "Moreira", "Nascimento", "Nogueira", "Oliveira", "Pereira", "Pinto", "Ramos", "Ribeiro", "Rocha",
    "Santana", "Santos", "Silva", "Soares", "Souza", "Teixeira", "Vasconcelos", "Vieira", "Yamamoto", "Zanetti",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer lives."""

    area_code: str
    city: str
    district: str
    postcode: str
    latitude: float
    longitude: float


PLACES: Final = (
    Place("11", "São Paulo", "Vila Mariana", "04101-000", -23.5891, -46.6345),
    Place("11", "São Paulo", "Tatuapé", "03310-000", -23.5403, -46.5762),
    Place("11", "Santo André", "Jardim", "09090-000", -23.6536, -46.5386),
    Place("19", "Campinas", "Cambuí", "13024-000", -22.8944, -47.0525),
    Place("21", "Rio de Janeiro", "Tijuca", "20520-000", -22.9249, -43.2325),
    Place("21", "Niterói", "Icaraí", "24220-000", -22.9066, -43.1094),
    Place("31", "Belo Horizonte", "Savassi", "30112-000", -19.9386, -43.9336),
    Place("41", "Curitiba", "Água Verde", "80620-000", -25.4577, -49.2790),
    Place("48", "Florianópolis", "Trindade", "88036-000", -27.5898, -48.5223),
    Place("51", "Porto Alegre", "Menino Deus", "90130-000", -30.0530, -51.2213),
    Place("62", "Goiânia", "Setor Bueno", "74210-000", -16.7064, -49.2722),
    Place("71", "Salvador", "Pituba", "41810-000", -12.9986, -38.4576),
    Place("81", "Recife", "Boa Viagem", "51020-000", -8.1196, -34.9018),
    Place("84", "Natal", "Ponta Negra", "59090-000", -5.8789, -35.1750),
    Place("85", "Fortaleza", "Aldeota", "60150-000", -3.7380, -38.5031),
    Place("91", "Belém", "Nazaré", "66035-000", -1.4536, -48.4772),
)

# WhatsApp accounts made before the ninth digit arrived keep a wa_id without it, mostly outside São Paulo and Rio.
NINTH_DIGIT_EVERYWHERE: Final = frozenset({"11", "19", "21"})
WITHOUT_NINTH_SHARE: Final = 0.45
USERNAME_ONLY_SHARE: Final = 0.06
NO_RECEIPTS_SHARE: Final = 0.12


@dataclass(frozen=True, slots=True)
class Person:
    """A virtual customer before they become a Customer."""

    name: str
    place: Place
    wa_id: str
    username: str
    receipts: bool


class People:
    """An endless supply of different people."""

    def __init__(self, seed: int) -> None:
        self._rng = build_luck(seed, "people")
        self._taken: set[str] = set()

    def next(self) -> Person:
        rng = self._rng
        place = rng.choice(PLACES)
        name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
        username_only = rng.random() < USERNAME_ONLY_SHARE
        wa_id = "" if username_only else self._phone(place.area_code)
        username = self._username(name) if username_only or rng.random() < 0.1 else ""
        return Person(name, place, wa_id, username, receipts=rng.random() >= NO_RECEIPTS_SHARE)

    def _phone(self, area_code: str) -> str:
        """Right in form, with or without the ninth digit, and never both for two people."""
        while True:
            old = area_code not in NINTH_DIGIT_EVERYWHERE and self._rng.random() < WITHOUT_NINTH_SHARE
            local = f"80{self._rng.randrange(10**6):06d}"
            number = f"55{area_code}{local}"
            if number not in self._taken:
                self._taken.add(number)
                return number if old else f"55{area_code}9{local}"

    def _username(self, name: str) -> str:
        plain = name.lower().translate(str.maketrans("áâãçéêíóôõúü", "aaaceeiooouu")).replace(" ", ".")
        return f"{plain}{self._rng.randrange(10, 99)}"
