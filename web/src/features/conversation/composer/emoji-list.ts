/** Emoji and the words that find it, Portuguese and English. Those that service conversations use. */
const LIST = `
😀 feliz sorriso happy smile|😃 feliz alegre happy|😄 rindo alegre laugh|😁 sorriso dentes grin|😆 risada laugh|😅 suor alivio sweat relief|😂 chorar rir joy tears|🤣 rolando rir rofl
🙂 sorriso leve slight smile|🙃 ironia upside down|😉 piscar wink|😊 contente vergonha blush|😇 anjo angel|🥰 amor coracoes love|😍 apaixonado love eyes|🤩 estrelas incrivel star wow
😘 beijo kiss|😋 delicia yummy|😎 oculos legal cool|🤗 abraco hug|🤔 pensando thinking|🤫 silencio quiet|🤐 ziper segredo zip|😐 neutro neutral
😬 careta grimace|🙄 revirar olhos roll eyes|😏 malicioso smirk|😌 aliviado relieved|😴 dormir sono sleep|😷 mascara doente mask sick|🤒 febre doente sick|🤕 machucado hurt
🥳 festa comemorar party|😕 confuso confused|😟 preocupado worried|🙁 triste sad|😮 surpresa wow|😯 surpreso surprised|😲 espantado astonished|😳 envergonhado flushed
🥺 por favor pidao please|😢 triste chorar cry sad|😭 chorando crying|😤 bravo bufando huff|😠 bravo angry|😡 raiva angry|🤯 explodir mind blown|😱 medo susto scream
😰 ansioso anxious|😞 desapontado disappointed|😔 pensativo triste pensive|😩 cansado weary|😫 exausto tired|🥱 bocejo yawn|🤝 acordo aperto deal handshake|👍 sim ok joia thumbs up yes
👎 nao ruim thumbs down no|👌 ok perfeito perfect|✌️ paz vitoria peace|🤞 torcer sorte luck|🤙 liga beleza call|👋 oi tchau ola hello bye wave|🙏 obrigado por favor thanks please|👏 palmas parabens clap
🙌 aleluia viva hooray|💪 forca strong|🫶 coracao maos heart hands|🤲 maos hands|☝️ um atencao one|👆 acima up|👇 abaixo down|👉 aqui direita here right
👈 esquerda left|✋ pare mao stop|🤚 mao hand|✍️ escrever assinar write sign|👀 olhos olhando eyes|🧠 cerebro brain|❤️ coracao amor heart love|🧡 coracao laranja heart
💛 coracao amarelo heart|💚 coracao verde heart|💙 coracao azul heart|💜 coracao roxo heart|🖤 coracao preto heart|🤍 coracao branco heart|💔 coracao partido broken heart|💕 coracoes hearts
💯 cem total hundred|✨ brilho novo sparkles|⭐ estrela star|🌟 estrela brilho star|🔥 fogo top fire|💥 explosao boom|🎉 festa parabens party congrats|🎊 confete confetti
🎁 presente gift|🎂 bolo aniversario birthday cake|🎈 balao balloon|🏆 trofeu trophy|🥇 primeiro medalha first|✅ certo pronto feito check done|☑️ marcado check|✔️ certo check
❌ errado nao cancelar wrong cancel|⚠️ atencao aviso warning|❗ importante exclamacao important|❓ duvida pergunta question|🚫 proibido forbidden|⛔ parado no entry|🔴 vermelho red|🟢 verde green
🟡 amarelo yellow|🔔 sino aviso bell|🔕 silencio mudo mute|⏰ alarme hora alarm|⏳ espera ampulheta wait|⌛ tempo time|📅 data calendario calendar|🗓️ agenda calendar
🕐 hora relogio clock|📌 fixar local pin|📍 local endereco location|📎 anexo clip|📝 nota escrever note|📄 documento document|📑 contrato papel paper|📁 pasta folder
📊 grafico relatorio chart|📈 subir grafico up|📉 cair grafico down|📦 pacote pedido entrega package order|🚚 entrega caminhao delivery truck|🏍️ motoboy moto motorcycle|🚗 carro car|✈️ viagem aviao plane
🛒 carrinho compra cart|🛍️ compras sacola shopping|💳 cartao pagamento card payment|💰 dinheiro money|💵 dinheiro nota money|🧾 recibo nota fiscal receipt|🏷️ preco etiqueta price tag|💸 dinheiro pagar money
🏦 banco bank|🏠 casa home|🏢 empresa predio company|🏪 loja store|🔑 chave key|🔒 seguro cadeado lock|🔓 aberto unlock|🔧 conserto ferramenta tool
🛠️ ferramentas manutencao tools|⚙️ configuracao settings|🔍 buscar procurar search|💡 ideia luz idea|🔋 bateria battery|🔌 tomada plug|💻 computador notebook computer|🖥️ tela computador desktop
🖨️ impressora printer|📱 celular telefone phone|☎️ telefone phone|📞 ligar telefone call|📧 email mail|✉️ carta mensagem letter|💬 mensagem conversa chat|🗨️ fala speech
📷 foto camera photo|🎥 video camera|🎤 microfone audio mic|🎧 fone headphone|🎵 musica music|📚 livros books|🎓 formatura escola graduation|✏️ lapis pencil
👶 bebe baby|👦 menino boy|👧 menina girl|👨 homem man|👩 mulher woman|👴 idoso old man|👵 idosa old woman|👨‍👩‍👧 familia family
🙋 eu pergunta mao me|🤷 nao sei shrug|🤦 putz facepalm|🙇 desculpa sorry|💁 informacao info|👷 obra construcao worker|👮 policia police|🧑‍💻 programador developer
🐶 cachorro dog|🐱 gato cat|🐾 pet pata paw|🌹 flor rosa rose|🌸 flor flower|🌻 girassol sunflower|🍀 sorte trevo luck|🌱 planta plant
☀️ sol sun|🌤️ tempo weather|🌧️ chuva rain|⛈️ tempestade storm|🌈 arco iris rainbow|🌙 noite lua moon night|❄️ frio neve cold snow|🌎 mundo brasil world
☕ cafe coffee|🍕 pizza|🍔 hamburguer burger|🍟 batata fries|🥗 salada salad|🍰 bolo doce cake|🍫 chocolate|🍎 maca fruta apple
🍺 cerveja beer|🍷 vinho wine|🥂 brinde cheers|🍽️ prato restaurante restaurant|⚽ futebol soccer|🏖️ praia ferias beach|🇧🇷 brasil bandeira brazil|👑 coroa rainha crown
`;

export const EMOJI: readonly (readonly [emoji: string, words: string])[] = LIST.trim()
  .split(/[|\n]/)
  .map((entry) => {
    const space = entry.indexOf(" ");
    return [entry.slice(0, space), entry.slice(space + 1)] as const;
  });
