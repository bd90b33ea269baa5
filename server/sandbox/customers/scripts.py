"""What virtual customers talk about: short scripts of several turns, in the Portuguese people write on a phone.

A script's first turn opens the conversation; each further turn follows an answer of the business. Braces are
filled per run: {primeiro} {nome} {pedido} {produto} {valor} {bairro} {cidade} {cep} {dia} {hora} {saudacao}.
"""

from dataclasses import dataclass
from typing import Final, Literal

Trade = Literal["loja", "clinica"]


@dataclass(frozen=True, slots=True)
class Say:
    """A text; one of the variants is drawn."""

    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Photo:
    subject: str
    captions: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Receipt:
    captions: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Pdf:
    title: str
    filename: str


@dataclass(frozen=True, slots=True)
class Voice:
    seconds: float


@dataclass(frozen=True, slots=True)
class Pin:
    """The customer's location."""


@dataclass(frozen=True, slots=True)
class Sticker:
    mood: str = "feliz"


@dataclass(frozen=True, slots=True)
class Card:
    """A contact card of somebody else."""

    name: str


@dataclass(frozen=True, slots=True)
class React:
    """A reaction to the last message of the business."""

    emojis: tuple[str, ...] = ("👍", "❤️", "🙏", "😂", "👏")


Part = Say | Photo | Receipt | Pdf | Voice | Pin | Sticker | Card | React
Turn = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Script:
    name: str
    turns: tuple[Turn, ...]
    trade: Trade = "loja"
    from_ad: bool = False


def say(*variants: str) -> Say:
    return Say(variants)


HELLO: Final = say(
    "{saudacao}!", "Oi, {saudacao}", "{saudacao}, tudo bem?", "Oii", "Olá! {saudacao}", "oi tudo bem"
)
THANKS: Final = say(
    "Muito obrigada! 🙏", "Obrigado!!", "Valeu, ajudou demais", "Perfeito, obrigado 😊", "ok obg"
)
OK: Final = say("Ah, entendi", "Certo!", "Tá bom", "Blz", "Entendi, ok", "Ahh sim")

SHOP: Final[tuple[Script, ...]] = (
    Script("onde_esta_meu_pedido", (
        (HELLO, say("Queria saber do meu pedido {pedido}, já era pra ter chegado {dia}",
                    "meu pedido {pedido} ainda não chegou 😕 vcs conseguem ver?")),
        (say("Isso, é no nome de {nome}", "Sim, {nome}. CEP {cep}"),),
        (OK, say("E vocês sabem me dizer mais ou menos que horas?", "Precisa ter alguém em casa pra receber?")),
        (THANKS, React()),
    )),
    Script("preco_de_produto", (
        (HELLO, say("Qual o valor do {produto}?", "Vi no site o {produto}, ainda tem? quanto tá?")),
        (say("E parcela em quantas vezes?", "Consegue um desconto à vista no pix? 👀"),),
        (say("Fechou então! Como faço pra pagar?", "Vou falar com meu marido e já te retorno 😅"),),
        (THANKS,),
    )),
    Script("foto_do_produto", (
        (say("Boa! Vocês têm esse modelo?", "oi! tem igual a esse??"), Photo("sofa", ("Vi na casa de uma amiga", ""))),
        (say("Prefiro em tom mais claro", "Tem em linho bege?"), say("A medida precisa ser até 2,10m")),
        (say("Amei! Pode me mandar foto real dele?"),),
        (say("Lindo demais 😍", "Gostei muito"), React(("😍", "❤️"))),
    )),
    Script("chegou_com_defeito", (
        (HELLO, say("Recebi hoje e veio com defeito 😞", "Acabei de abrir a caixa e olha isso"),
         Photo("tela", ("A tela veio assim", "Veio trincada!"))),
        (say("Pedido {pedido}", "O número do pedido é {pedido}"), say("Nem cheguei a usar")),
        (Voice(6.0),),
        (say("Ok, fico no aguardo da troca", "Tá bom, aguardo a coleta então"),),
        (THANKS,),
    )),
    Script("comprovante_pix", (
        (HELLO, say("Fiz o pix agora, segue o comprovante"), Receipt(("", "{pedido}", "Pedido {pedido}"))),
        (say("Consegue confirmar se caiu?", "Já apareceu aí pra vocês?"),),
        (THANKS, Sticker()),
    )),
    Script("agendar_entrega", (
        (HELLO, say("Dá pra agendar a entrega pra {dia}?", "Preciso mudar o dia da minha entrega, pedido {pedido}")),
        (say("De preferência de manhã, à tarde eu trabalho", "Depois das {hora} tem gente em casa"),),
        (say("Moro no {bairro}, vou mandar a localização"), Pin()),
        (THANKS,),
    )),
    Script("duvida_montagem", (
        (say("Oi, a montagem tá inclusa no {produto}?", "{saudacao}! Vcs fazem a montagem?"),),
        (say("Moro em {cidade}, no {bairro}. Atende?", "É no {bairro}"),),
        (say("E quanto tempo depois da entrega o montador vem?"),),
        (OK, THANKS),
    )),
    Script("audio_longo", (
        (HELLO, Voice(9.0)),
        (Voice(4.0), say("Desculpa o áudio, tô na rua 😅")),
        (say("Isso mesmo", "Exatamente!"),),
        (THANKS,),
    )),
    Script("segunda_via_boleto", (
        (HELLO, say("Preciso da segunda via do boleto", "meu boleto venceu ontem, consegue gerar outro?")),
        (say("CPF tá cadastrado no pedido {pedido}", "Pedido {pedido}, valor {valor}"),),
        (say("Recebi aqui, vou pagar agora"), Receipt()),
        (THANKS,),
    )),
    Script("trocar_tamanho", (
        (HELLO, say("Comprei o {produto} mas não passou na porta 🤦‍♀️ dá pra trocar por um menor?")),
        (say("A porta tem 72cm", "Medi aqui: 70cm de largura"), Photo("sofa", ("Ficou assim na sala",))),
        (say("Pode ser esse sim. Tem custo?"),),
        (OK, THANKS),
    )),
    Script("cancelar_pedido", (
        (say("Quero cancelar meu pedido {pedido}", "Bom, preciso cancelar uma compra. Pedido {pedido}"),),
        (say("Comprei errado 😬", "Achei mais barato em outro lugar, infelizmente"),),
        (say("E o estorno cai em quantos dias?", "O valor de {valor} volta no cartão?"),),
        (say("Entendi. Obrigado pela atenção"),),
    )),
    Script("garantia", (
        (HELLO, say("A geladeira que comprei ano passado parou de gelar", "minha geladeira tá fazendo um barulho estranho"),
         Photo("geladeira", ("Essa aqui",))),
        (say("Comprei em março, tenho a nota"), Pdf("Nota fiscal eletrônica", "nota-fiscal.pdf")),
        (say("Qualquer dia a partir de {dia} serve", "Pode ser {dia} de tarde"),),
        (THANKS,),
    )),
    Script("horario_da_loja", (
        (say("Vocês abrem sábado?", "Até que horas a loja fica aberta hoje?", "que horas fecha hj?"),),
        (say("E o estacionamento é pago?", "Fica perto do metrô?"),),
        (THANKS, React()),
    )),
    Script("orcamento_empresa", (
        (HELLO, say("Sou da {nome} Arquitetura, preciso de orçamento pra 12 cadeiras e 3 mesas")),
        (say("Segue a lista com as medidas"), Pdf("Lista de mobiliário", "lista-mobiliario.pdf")),
        (say("O prazo é até o fim do mês. Emitem nota pra CNPJ?"),),
        (say("Ótimo, fala direto com a minha sócia também"), Card("Beatriz Nogueira")),
        (THANKS,),
    )),
    Script("veio_do_anuncio", (
        (say("Oi! Vi o anúncio da luminária e queria mais informações", "Tenho interesse! Ainda tá na promoção?"),),
        (say("Quanto fica o frete pro {cep}?", "Entrega em {cidade}?"),),
        (say("Quero 2 então", "Vou querer sim!"), Photo("luminaria", ("É essa né?",))),
        (THANKS,),
    ), from_ad=True),
    Script("elogio", (
        (say("Gente, passando só pra agradecer. O montador foi um amor, super caprichoso ❤️",
             "Chegou tudo certinho, vocês são 10!"), Photo("sofa", ("Olha como ficou!", "Amei"))),
        (Sticker(), React(("❤️",))),
    )),
    Script("reclamacao", (
        (say("{saudacao}. É a terceira vez que chamo e ninguém resolve", "olha, tô bem chateada com o atendimento de vcs"),
         say("Pedido {pedido}. Prometeram {dia} e nada"), say("Quero uma solução HOJE")),
        (say("Já ouvi isso antes...", "Da outra vez falaram a mesma coisa"), Sticker("triste")),
        (say("Ok. Vou confiar, mas se não chegar vou no Procon"),),
        (say("Tá certo. Agradeço"),),
    )),
    Script("nota_fiscal", (
        (HELLO, say("Consegue me mandar a nota fiscal do pedido {pedido}?", "Não recebi a NF por e-mail")),
        (say("Pode ser no e-mail mesmo: {primeiro}@exemplo.com.br", "Manda por aqui mesmo por favor"),),
        (THANKS,),
    )),
    Script("tv_na_parede", (
        (HELLO, say("O suporte vem junto com a TV de 55?", "Comprei a TV, vcs instalam na parede?"), Photo("tv", ("Quero por aqui",))),
        (say("É drywall, tem problema?", "A parede é de alvenaria"),),
        (say("Quanto fica a instalação?"),),
        (say("Pode agendar {dia} às {hora}"), React()),
    )),
    Script("estoque", (
        (say("Tem o {produto} pra retirar hoje na loja?", "Se eu for aí agora consigo levar o {produto}?"),),
        (say("Show, separa pra mim? {nome}", "Reserva um por favor, chego em 1h"),),
        (THANKS,),
    )),
    Script("endereco_errado", (
        (say("Oi, coloquei o endereço errado no pedido {pedido} 😱"), say("Ainda dá tempo de mudar??")),
        (say("O certo é no {bairro}, {cidade}, CEP {cep}"), Pin()),
        (say("Ufa!! Obrigada", "Nossa que alívio, valeu"),),
    )),
    Script("parcelamento", (
        (say("Aceitam dois cartões?", "Dá pra dividir em dois cartões o {produto}?"),),
        (say("Um de {valor} e o resto no outro", "Metade em cada"),),
        (say("Tentei e deu erro na segunda compra", "Ok vou tentar pelo site"),),
        (THANKS,),
    )),
    Script("mensagem_quebrada", (
        (say("oi"), say("tudo bem?"), say("então"), say("eu comprei um {produto}"), say("e veio sem os parafusos 🙃")),
        (say("isso"), say("pedido {pedido}"), Photo("luminaria", ("",))),
        (say("ta bom"), say("obrigado")),
    )),
    Script("presente", (
        (HELLO, say("Quero dar um {produto} de presente, entregam em outro endereço?")),
        (say("É pra minha mãe, mora em {cidade}", "Dá pra mandar sem o preço na nota?"), Card("Dona Lourdes")),
        (say("Ela vai amar 🥰"), React(("🥰", "❤️"))),
    )),
    Script("medidas", (
        (HELLO, say("Quais as medidas do {produto}?", "Qual a profundidade do {produto}? Meu espaço é apertado")),
        (say("Hmm, acho que cabe. Tem montado na loja pra eu ver?"),),
        (say("Vou passar aí {dia} então"), React()),
    )),
)  # fmt: skip

CLINIC: Final[tuple[Script, ...]] = (
    Script("marcar_consulta", (
        (HELLO, say("Gostaria de marcar uma consulta com dermatologista", "Tem horário com a Dra. pra essa semana?")),
        (say("Pode ser {dia} às {hora}", "Só consigo de manhã"),),
        (say("{nome}, convênio Bem Viver"),),
        (THANKS,),
    ), "clinica"),
    Script("remarcar_consulta", (
        (say("Oi, preciso remarcar minha consulta de {dia}", "Não vou conseguir ir {dia}, tem outro horário?"),),
        (say("Qualquer dia depois das {hora}"),),
        (THANKS, React()),
    ), "clinica"),
    Script("resultado_exame", (
        (HELLO, say("Meu exame já saiu?", "Queria saber se o resultado ficou pronto")),
        (say("Fiz {dia}, {nome}"),),
        (say("Esse aqui é o pedido médico"), Pdf("Pedido médico", "pedido-medico.pdf")),
        (THANKS,),
    ), "clinica"),
    Script("convenio", (
        (say("Vocês atendem o convênio Bem Viver?", "Quanto é a consulta particular?"),),
        (say("E tem que pagar na hora ou dá pra parcelar?", "Precisa de encaminhamento?"),),
        (OK, THANKS),
    ), "clinica"),
    Script("como_chegar", (
        (say("Oi! Onde fica a clínica? Tô perdida 😂"), Pin()),
        (say("Chego em 10 min!"),),
        (THANKS,),
    ), "clinica"),
    Script("preparo_exame", (
        (HELLO, say("Precisa de jejum pro exame de sangue?", "Posso tomar água antes do exame?")),
        (Voice(5.0),),
        (THANKS,),
    ), "clinica"),
)  # fmt: skip

SCRIPTS: Final = SHOP + CLINIC

NUDGES: Final = (
    "Oi?",
    "Alguém aí?",
    "??",
    "Ainda tô aguardando 🙂",
    "Conseguiu ver?",
    "Oi, alguma novidade?",
)
AFTERWARDS: Final = (
    "Combinado!", "Obrigada 😊", "Ok!", "Perfeito", "Show, valeu", "Tá bom, obrigado", "👍", "Certo, muito obrigada",
)  # fmt: skip
PRODUCTS: Final = (
    "sofá retrátil 3 lugares", "rack para TV 65", "guarda-roupa casal", "mesa de jantar 6 lugares", "colchão queen",
    "poltrona Oslo", "escrivaninha com gaveta", "smart TV 55", "geladeira frost free", "luminária de piso",
    "cadeira gamer", "painel ripado", "cama box casal", "fogão 5 bocas", "airfryer 5L",
)  # fmt: skip
DAYS: Final = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "amanhã")
HOURS: Final = ("9h", "10h30", "14h", "15h", "16h30", "18h")
