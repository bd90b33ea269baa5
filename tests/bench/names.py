"""Words that Brazilian customers are called by and write, for the benchmark's data. Frequencies fall as in a real list:
the first of a tuple are drawn most often."""

from typing import Final

FIRST_NAMES: Final = (
    "Maria", "José", "Ana", "João", "Antônio", "Francisco", "Carlos", "Paulo", "Pedro", "Lucas", "Luiz", "Marcos",
    "Gabriel", "Rafael", "Francisca", "Daniel", "Marcelo", "Bruno", "Eduardo", "Felipe", "Adriana", "Juliana", "Márcia",
    "Fernanda", "Patrícia", "Aline", "Sandra", "Camila", "Amanda", "Bruna", "Jéssica", "Letícia", "Júlia", "Luciana",
    "Vanessa", "Mariana", "Gabriela", "Vera", "Vitória", "Larissa", "Cláudia", "Beatriz", "Luana", "Rita", "Sônia",
    "Renata", "Eliane", "Josefa", "Simone", "Natália", "Cristiane", "Carla", "Débora", "Rosângela", "Jaqueline", "Rosa",
    "Daniela", "Aparecida", "Marlene", "Terezinha", "Raimunda", "Andreia", "Fabiana", "Lúcia", "Raquel", "Ângela", "Rafaela",
    "Joana", "Luzia", "Elaine", "Daiane", "Gustavo", "Thiago", "Rodrigo", "Fábio", "Ricardo", "Leandro", "Diego", "Vítor",
    "Matheus", "Guilherme", "Caio", "Otávio", "Murilo", "Heitor", "Benício", "Iracema", "Jandira", "Zuleica", "Yasmin",
)  # fmt: skip

SURNAMES: Final = (
    "Silva", "Santos", "Oliveira", "Souza", "Rodrigues", "Ferreira", "Alves", "Pereira", "Lima", "Gomes", "Costa", "Ribeiro",
    "Martins", "Carvalho", "Almeida", "Lopes", "Soares", "Fernandes", "Vieira", "Barbosa", "Rocha", "Dias", "Nascimento",
    "Andrade", "Moreira", "Nunes", "Marques", "Machado", "Mendes", "Freitas", "Cardoso", "Ramos", "Gonçalves", "Santana",
    "Teixeira", "Araújo", "Moura", "Cavalcanti", "Monteiro", "Batista", "Campos", "Cruz", "Correia", "Conceição", "Farias",
    "Azevedo", "Cunha", "Pinto", "Castro", "Melo", "Duarte", "Coelho", "Leite", "Sampaio", "Brito", "Aguiar", "Queiroz",
    "Pacheco", "Fonseca", "Tavares", "Assunção", "Bittencourt", "Figueiredo", "Guimarães", "Magalhães", "Vasconcelos",
    "Sant'Anna", "Schmidt", "Yamamoto", "Kowalski",
)  # fmt: skip

AREA_CODES: Final = (
    "11", "11", "11", "21", "21", "31", "19", "41", "51", "71", "81", "85", "61", "62", "27", "47", "48", "67", "91", "92",
    "98", "84",
)  # fmt: skip

PHRASES: Final = (
    "Bom dia! Tudo bem?",
    "Qual o horário de vocês?",
    "Quero saber do pedido",
    "Vocês entregam em Santo André?",
    "Obrigado! 😀",
    "Pode me mandar o boleto de novo, por favor? O outro venceu ontem e o banco não aceita mais.",
    "Segue o comprovante do Pix",
    "Ainda tem na cor azul?",
    "Consigo trocar por um número maior? Comprei na loja do centro, mas ficou apertado.",
    "Ok, vou aguardar",
    "Claro, já verifico para você. Um momento, por favor.",
    "Seu pedido saiu para entrega e deve chegar até as 18h de hoje.",
    "Posso ajudar em mais alguma coisa?",
    "Perfeito, combinado então",
    "Não consegui entrar no aplicativo, diz que a senha está errada",
    "Qual o valor do frete para o CEP 01310-100?",
)

DEPARTMENTS: Final = (
    "Vendas", "Suporte", "Financeiro", "Cobrança", "Pós-venda", "Agendamento", "Ouvidoria", "Matrículas",
)  # fmt: skip
