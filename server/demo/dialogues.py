"""What was said: short talks of a furniture shop with its customers, in the Portuguese people write on a phone.

Braces are filled per talk: {cliente} {atendente} {pedido} {valor} {parcela} {produto} {bairro} {dia} {hora} {cep}.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

Side = Literal["customer", "operator"]


@dataclass(frozen=True, slots=True)
class Line:
    """One message. Media name what files.py draws; `quotes`: answers the other side's newest message."""

    side: Side
    kind: str
    text: str = ""
    file: str = ""
    quotes: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    outcome: Literal["", "failed", "edited", "deleted"] = ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    department: Literal["vendas", "suporte"]
    reason: str
    """Why the ticket was closed."""
    lines: tuple[Line, ...]
    from_ad: bool = False


def c(text: str, *, quotes: bool = False, **more: Any) -> Line:
    return Line("customer", "text", text, quotes=quotes, **more)


def o(text: str, *, quotes: bool = False, **more: Any) -> Line:
    return Line("operator", "text", text, quotes=quotes, **more)


def photo(side: Side, subject: str, caption: str = "") -> Line:
    return Line(side, "image", caption, file=subject)


def voice(side: Side, file: str) -> Line:
    return Line(side, "audio", file=file, extra={"voice": True})


def document(side: Side, file: str, caption: str = "") -> Line:
    return Line(side, "document", caption, file=file)


def reaction(side: Side, emoji: str) -> Line:
    """To the other side's newest message."""
    return Line(side, "reaction", emoji)


HOME: Final = Line("customer", "location", extra={"home": True})
SHOP: Final = Line(
    "operator",
    "location",
    extra={
        "latitude": -23.5617,
        "longitude": -46.6823,
        "name": "Casa Prosa · loja Pinheiros",
        "address": "Rua dos Pinheiros, 812 - São Paulo",
    },
)
STICKER: Final = Line("customer", "sticker", file="feliz")
ORDER: Final = Line(
    "customer",
    "order",
    "Pode separar pra mim?",
    extra={
        "catalog_id": "736482910",
        "items": [
            {"product_id": "ALMOFADA-LINHO-45", "quantity": 4, "price": 89.9, "currency": "BRL"},
            {"product_id": "LUMINARIA-ARCO-P", "quantity": 1, "price": 649.0, "currency": "BRL"},
        ],
    },
)
POLL: Final = Line("customer", "unsupported", extra={"original_type": "poll_creation"})


def button(title: str) -> Line:
    return Line("customer", "interactive", extra={"type": "button_reply", "id": "opcao-1", "title": title})


def listed(title: str, description: str) -> Line:
    return Line(
        "customer",
        "interactive",
        extra={"type": "list_reply", "id": "opcao-2", "title": title, "description": description},
    )


def card(name: str, phone: str) -> Line:
    return Line("customer", "contacts", extra={"contacts": [{"name": name, "phones": [{"phone": phone}]}]})


DIALOGUES: Final[tuple[Dialogue, ...]] = (
    Dialogue("vendas", "Venda concluída", (
        c("Oi, bom dia! Vi o {produto} no Instagram de vocês 😍"),
        c("Ainda tem? Qual o valor?"),
        o("Bom dia, {cliente}! Aqui é {atendente}, da Casa Prosa 😊 Temos sim!"),
        photo("operator", "sofa", "Esse é o {produto} que está na loja"),
        o("Sai por {valor} à vista no Pix ou 10x de {parcela} sem juros."),
        c("Nossa, lindo! Entrega no {bairro}?"),
        o("Entregamos sim! Frete grátis para o {bairro}, em até 7 dias úteis.", quotes=True),
        reaction("customer", "❤️"),
        c("Fechado! Como faço o Pix?"),
        o("Pix é o CNPJ 12.345.678/0001-90. Assim que cair eu confirmo o pedido {pedido} 💚"),
        photo("customer", "comprovante"),
        o("Confirmado! ✅ Pedido {pedido}. Segue o resumo:"),
        document("operator", "pedido"),
        c("Obrigada, {atendente}! Atendimento nota 10"),
        reaction("operator", "🙏"),
    ), from_ad=True),
    Dialogue("suporte", "Informação prestada", (
        c("boa tarde"),
        c("queria saber do meu pedido {pedido}, era pra ter chegado {dia}"),
        o("Boa tarde, {cliente}! Sou {atendente}. Vou verificar com a transportadora, um minutinho."),
        o("Localizei aqui: saiu para entrega hoje e chega até as {hora}. 🚚", quotes=True),
        c("ah que bom, achei que tinha extraviado"),
        c("precisa ter alguém em casa?"),
        o("Precisa sim, alguém maior de 18 com documento."),
        c("blz, obrigado!!"),
        reaction("operator", "👍"),
    )),
    Dialogue("suporte", "Troca agendada", (
        c("Recebi hoje a luminária e veio com defeito 😞"),
        photo("customer", "luminaria", "Olha como ficou a base"),
        voice("customer", "nota-4"),
        o("Sinto muito por isso, {cliente}! Já abri a troca no seu pedido {pedido}."),
        o("A coleta pode ser {dia}, entre 9h e 12h?"),
        c("Pode sim. Precisa da embalagem original?", quotes=True),
        o("Se tiver, ajuda, mas não é obrigatório. 😉"),
        HOME,
        o("Perfeito, endereço conferido. Você recebe o código da coleta por aqui."),
        c("Obrigada pela agilidade!"),
        STICKER,
    )),
    Dialogue("vendas", "Orçamento enviado", (
        c("Olá! Vocês fazem sofá sob medida?"),
        o("Olá, {cliente}! Fazemos sim. Qual a medida do espaço?"),
        c("2,10m na parede, e 95 de profundidade no máximo"),
        photo("customer", "sofa", "Tipo esse aqui, mas em linho claro"),
        voice("operator", "nota-6"),
        document("operator", "orcamento", "Segue o orçamento com 3 opções de tecido"),
        c("Recebi, vou ver com meu marido e te falo"),
        o("Combinado! O orçamento vale por 10 dias. 😊"),
    )),
    Dialogue("suporte", "Informação prestada", (
        listed("2ª via do boleto", "Receber o boleto atualizado"),
        o("Oi, {cliente}! Aqui é {atendente}. Já gerei a segunda via do pedido {pedido}:"),
        document("operator", "boleto", "Vencimento em 3 dias"),
        c("recebi, consigo pagar no app do banco?"),
        o("Consegue sim, é só ler o código de barras."),
        c("ok obg"),
    )),
    Dialogue("vendas", "Sem retorno do cliente", (
        c("Qual o horário de vocês no sábado?"),
        o("Oi, {cliente}! No sábado abrimos das 9h às 17h."),
        SHOP,
        o("Temos estacionamento no local. Posso ajudar em algo mais?"),
    )),
    Dialogue("suporte", "Montagem agendada", (
        c("{atendente}, a montagem do {produto} tá inclusa?"),
        o("Está sim! Posso agendar para {dia}?"),
        c("De manhã eu trabalho"),
        c("Pode ser depois das {hora}?", quotes=True),
        o("Agendado para {dia}, das {hora} às 18h. O montador liga antes de sair. 🔧"),
        card("Seu Jorge (porteiro)", "+55 11 90000-4433"),
        c("Se eu não atender, pode ligar pro porteiro"),
        o("Anotado! Obrigada, {cliente}."),
        reaction("customer", "👏"),
    )),
    Dialogue("vendas", "Venda concluída", (
        ORDER,
        o("Boa escolha, {cliente}! 🛋️ As almofadas são em linho natural, a luminária é bivolt."),
        o("Com o frete fica {valor}. Prefere Pix ou cartão?"),
        button("Pix"),
        o("Chave Pix: 12.345.678/0001-90 (Casa Prosa Móveis)"),
        photo("customer", "comprovante", "Feito!"),
        o("Recebido! Pedido {pedido} confirmado, chega até {dia}. 💚"),
        c("Amei, obrigada 🥰"),
    )),
    Dialogue("vendas", "Preço", (
        c("quanto ta o {produto}?"),
        o("Oi, {cliente}! Está {valor} à vista, ou 10x de {parcela}."),
        c("achei caro, no outro site ta mais barato"),
        o("Consigo 5% no Pix e a montagem grátis. O que acha?"),
        c("vou pensar, valeu"),
        o("Sem problema! Fico por aqui se precisar. 😊"),
    )),
    Dialogue("suporte", "Resolvido", (
        voice("customer", "nota-8"),
        c("Desculpa o áudio, tô na rua 😅"),
        o("Sem problemas! Entendi: quer mudar o endereço da entrega, certo?"),
        c("Isso mesmo"),
        c("CEP {cep}, no {bairro}"),
        o("Endereço atualizado no pedido {pedido}. A data continua {dia}. ✅"),
        c("Perfeito, obrigado"),
        reaction("operator", "😊"),
    )),
    Dialogue("suporte", "Garantia acionada", (
        c("Oi, comprei uma TV com painel com vocês ano passado"),
        photo("customer", "tela", "A tela apareceu trincada hoje"),
        o("Oi, {cliente}. Que pena! Você lembra se houve alguma queda?"),
        c("Não, ninguém mexeu", outcome="edited", extra={"before": "Nao, ninguem meche nela"}),
        o("Vou acionar a garantia do fabricante. Pode me mandar a nota fiscal?"),
        document("customer", "nota-fiscal"),
        o("Protocolo aberto! O fabricante responde em até 2 dias úteis."),
        c("ok, fico no aguardo"),
    )),
    Dialogue("vendas", "Venda concluída", (
        c("Oi! Minha amiga indicou vocês 💛"),
        POLL,
        o("Que alegria, {cliente}! Vi que você mandou uma enquete, mas ela não abre por aqui. Pode escrever?"),
        c("Ah é! Era pra escolher entre o {produto} e a poltrona"),
        o("Pelo seu espaço eu iria de {produto}. Olha ele em outra cor:"),
        photo("operator", "sofa"),
        c("Decidido, quero esse!", quotes=True),
        o("Ótimo! Vou gerar o pedido {pedido} e já te mando o link de pagamento."),
        c("Paguei 🙌"),
        o("Recebemos! Obrigada pela compra 💚"),
        reaction("customer", "😍"),
    )),
    Dialogue("suporte", "Cancelamento", (
        c("Quero cancelar o pedido {pedido}"),
        o("Oi, {cliente}, posso saber o motivo? Talvez eu consiga ajudar."),
        c("demorou demais, desisti", outcome="deleted"),
        c("A entrega atrasou duas vezes"),
        o("Você tem toda a razão, peço desculpas. Cancelado, e o estorno sai em até 5 dias úteis."),
        c("Tá bom"),
        o("Se quiser, te aviso quando tivermos pronta-entrega desse modelo.", outcome="failed"),
    )),
    Dialogue("vendas", "Informação prestada", (
        c("Vocês têm geladeira retrô?"),
        photo("operator", "geladeira", "Temos essa, 342 litros, em inox"),
        o("{valor} à vista, com entrega em {bairro} por R$ 89."),
        c("É frost free?"),
        o("É sim, e tem selo A de energia. ❄️", quotes=True),
        c("Vou passar na loja pra ver"),
        SHOP,
        c("obrigada!"),
    )),
    Dialogue("suporte", "Informação prestada", (
        c("bom dia, como limpa o tecido do sofá?"),
        o("Bom dia, {cliente}! Pano úmido com sabão neutro, sem esfregar. 🧽"),
        document("operator", "manual", "O manual de cuidados completo"),
        c("caiu vinho 🙈"),
        o("Absorva com papel na hora e use água com gás. Se ficar mancha, indicamos uma higienizadora parceira."),
        c("salvou minha vida hahaha"),
        reaction("operator", "😂"),
    )),
    Dialogue("vendas", "Venda concluída", (
        c("Boa tarde, vocês atendem arquiteto? Tenho um projeto com 3 ambientes"),
        o("Boa tarde! Atendemos sim, com condição especial. Sou {atendente}, muito prazer."),
        document("customer", "projeto", "Segue a planta"),
        o("Recebi! Vou montar a proposta e te mando até {dia}."),
        document("operator", "orcamento", "Proposta dos 3 ambientes"),
        c("Gostei. A luminária tem em latão?"),
        photo("operator", "luminaria", "Tem sim"),
        c("Pode fechar tudo então"),
        o("Maravilha! Pedido {pedido} gerado. Obrigada pela confiança! 🤝"),
    )),
)  # fmt: skip


WAITING: Final[tuple[Dialogue, ...]] = (
    Dialogue("vendas", "", (c("Oi! Ainda tem o {produto} da promoção?"),), from_ad=True),
    Dialogue("vendas", "", (c("bom dia"), c("vcs parcelam em quantas vezes?"))),
    Dialogue("suporte", "", (c("Meu pedido {pedido} não chegou até agora 😕"), c("Alguém pode me ajudar?"))),
    Dialogue("suporte", "", (c("Oi, a gaveta veio sem um puxador"), photo("customer", "luminaria", "Faltou esse"))),
    Dialogue("vendas", "", (voice("customer", "nota-6"),)),
    Dialogue("suporte", "", (c("Preciso remarcar a montagem de {dia}"), c("pode ser depois das {hora}?"))),
    Dialogue("vendas", "", (photo("customer", "sofa", "Vocês têm parecido com esse?"), c("até uns R$ 3.000"))),
    Dialogue("vendas", "", (ORDER,)),
    Dialogue("suporte", "", (listed("2ª via do boleto", "Receber o boleto atualizado"),)),
    Dialogue("vendas", "", (c("Vocês entregam no {bairro}?"), HOME)),
    Dialogue("suporte", "", (c("O montador não apareceu hoje"), c("esperei o dia todo 😡"))),
    Dialogue("vendas", "", (c("Oi, vim pelo Instagram 😊"), c("Queria um orçamento de cabeceira queen"))),
)  # fmt: skip
"""In the queue: written, and answered by nobody yet."""

PRODUCTS: Final = (
    "sofá Aurora 3 lugares", "sofá-cama Lume", "painel Ripado 180", "mesa Ipê 6 lugares", "poltrona Jandira",
    "rack Horizonte", "luminária Arco", "cabeceira Trama queen", "buffet Serra", "estante Vértice",
)  # fmt: skip
