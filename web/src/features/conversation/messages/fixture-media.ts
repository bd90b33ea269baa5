/** Files for the fixtures, without any server: drawn, sounded or encoded in place. Never part of a build. */
import type { MediaUrl } from "./media-url";

export const FIXTURE_MEDIA = {
  landscape: "00000000-0000-7000-9000-000000000001",
  receipt: "00000000-0000-7000-9000-000000000002",
  video: "00000000-0000-7000-9000-000000000003",
  voice: "00000000-0000-7000-9000-000000000004",
  document: "00000000-0000-7000-9000-000000000005",
  sticker: "00000000-0000-7000-9000-000000000006",
  broken: "00000000-0000-7000-9000-000000000007",
} as const;

export const fixtureMediaUrl: MediaUrl = (mediaId) => {
  switch (mediaId) {
    case FIXTURE_MEDIA.landscape:
      return svg(LANDSCAPE);
    case FIXTURE_MEDIA.receipt:
      return svg(RECEIPT);
    case FIXTURE_MEDIA.sticker:
      return svg(STICKER);
    case FIXTURE_MEDIA.video:
      return `data:video/webm;base64,${VIDEO}`;
    case FIXTURE_MEDIA.voice:
      return voice();
    case FIXTURE_MEDIA.document:
      return "data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK";
    default:
      return "data:image/png;base64,AA==";
  }
};

function svg(markup: string): string {
  return `data:image/svg+xml,${encodeURIComponent(markup)}`;
}

const LANDSCAPE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 720"><defs><linearGradient id="a" x2="0" y2="1"><stop stop-color="#f6c58f"/><stop offset=".55" stop-color="#f2a07b"/><stop offset="1" stop-color="#7d6f9b"/></linearGradient></defs><rect width="960" height="720" fill="url(#a)"/><circle cx="640" cy="330" r="70" fill="#fff1d0"/><path d="M0 470q130-150 260-40t210-60 220 50 270-80v380H0z" fill="#5d6c8f"/><path d="M0 560q190-120 380-30t330-40 250 20v210H0z" fill="#31495f"/><path d="M0 640q240-60 480-10t480-20v110H0z" fill="#1d3340"/></svg>`;

const RECEIPT = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 1000"><rect width="600" height="1000" fill="#8d7b68"/><path d="M90 60h420v880l-35-25-35 25-35-25-35 25-35-25-35 25-35-25-35 25-35-25-35 25-35-25z" fill="#fbf9f2"/><g fill="#333" font-family="monospace" font-size="26"><text x="190" y="150">LOJA CENTRAL</text><text x="130" y="250">Camiseta P   R$ 59,90</text><text x="130" y="300">Calca 40    R$ 129,90</text><text x="130" y="350">Frete        R$ 18,00</text><text x="130" y="450">TOTAL       R$ 207,80</text><text x="130" y="520">PIX  23/11/2026 14:02</text></g><path d="M130 600h340M130 620h200" stroke="#bbb" stroke-width="6"/></svg>`;

const STICKER = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><g stroke="#fff" stroke-width="26" stroke-linejoin="round"><path d="M110 120l80 60h130l80-60 10 190a155 155 0 0 1-310 0z" fill="#f2a541"/></g><path d="M110 120l80 60h130l80-60 10 190a155 155 0 0 1-310 0z" fill="#f2a541"/><circle cx="195" cy="285" r="20" fill="#2b2118"/><circle cx="315" cy="285" r="20" fill="#2b2118"/><path d="M240 335h30l-15 17zM255 352v18m0 0q-22 26-48 8m48-8q22 26 48 8" fill="#2b2118" stroke="#2b2118" stroke-width="8" fill-rule="evenodd"/></svg>`;

const VOICE_RATE = 8_000;
export const FIXTURE_VOICE_SECONDS = 7;
let madeVoice: string | null = null;

/** Something that rises and falls like speech, as a WAV of 8-bit samples. */
function voice(): string {
  if (madeVoice !== null) return madeVoice;
  const samples = VOICE_RATE * FIXTURE_VOICE_SECONDS;
  const bytes = new Uint8Array(44 + samples);
  const view = new DataView(bytes.buffer);
  bytes.set([...new TextEncoder().encode("RIFF    WAVEfmt ")]);
  view.setUint32(4, 36 + samples, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, VOICE_RATE, true);
  view.setUint32(28, VOICE_RATE, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  bytes.set([...new TextEncoder().encode("data")], 36);
  view.setUint32(40, samples, true);
  for (let at = 0; at < samples; at += 1) {
    const second = at / VOICE_RATE;
    const word = Math.max(0, Math.sin(second * 9) * Math.sin(second * 2.3) + 0.15 * Math.sin(second * 31));
    bytes[44 + at] = 128 + 90 * word * Math.sin(second * 2 * Math.PI * (150 + 40 * Math.sin(second * 3)));
  }
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  madeVoice = `data:audio/wav;base64,${btoa(binary)}`;
  return madeVoice;
}

/** Two seconds of a ball over a hill, 192 × 108, VP8. */
const VIDEO =
  "GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKHgQJChYECGFOAZwEAAAAAAA2aEU2bdLpNu4tTq4QVSalmU6yBoU27i1OrhBZUrmtTrIHYTb" +
  "uMU6uEElTDZ1OsggEbTbuMU6uEHFO7a1Osgg2E7AEAAAAAAABZAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAVSalmsirXsYMPQkBNgI1MYXZmNjIuMTIuMTAyV0GNTGF2ZjYyLj" +
  "EyLjEwMkSJiECfQAAAAAAAFlSua76uAQAAAAAAADXXgQFzxYgCD5zCU1IG9ZyBACK1nIN1bmSIgQCGhVZfVlA4g4EBI+ODhAdzWUDghrCBwLqB" +
  "bBJUw2fYc3OgY8CAZ8iaRaOHRU5DT0RFUkSHjUxhdmY2Mi4xMi4xMDJzc7JjwItjxYgCD5zCU1IG9WfIoUWjiERVUkFUSU9ORIeTMDA6MDA6MD" +
  "IuMDAwMDAwMDAwAB9DtnVMBueBAKNFNIEAAIDQJQCdASrAAGwAAEcIhYWIhYSIAgIVn6JP/83/o/ummY7V/tH5H/jpz9PA/dX8cODZtD+X/kB/" +
  "Ofg3/jPYD4gP86/MTtk+YH+R/2z9c/er6QH9Q+sB9AH9nPS8/ab4I/2Q/Yb4D/1lzSjsg/s1cp/UPAr/AH8ZuMp/eccp/fP49+4+qYfot5gP6A" +
  "+Qb1z6gP8p8mL9f/nf42ew74a/6H93+AT+MfyP/S/1b98Phg9QP7AewP+qenUYJ8yZrKfr/0S6KcrxSrY6Kna9rKKvPGSqWU/X/lMMNjv9yEH8" +
  "bqtn0T5kzWU/QD8/Uh6OYh8CIB6yKE1dsnjItcbjetWxYsAXnJqU7w69WrwHWQuQyHQPwbaFN9bY113NrqRL75ncT7FJOhpg8zVQqL6FyHiEXM" +
  "8XD8cMAM8XDXD++mtv+T6/rVMELD//5KFew3u//3ny1A6Kew0ORC/29P58TNeekLMPm2/ndnJKZXIf2fD469ml/tyWPiPJGCEMpbEJFcPfU9EC" +
  "5Qgh4nri/Hfyx0tMjF3ftiiMN9h5mvv/Uzat6Jx5b/MFEKZeeYAvy6r9dHIjlLni337X85pDRtRp6DcvN2iGlfkFTb4PVpkTLXYyEGnbVJqw7Z" +
  "lLvqNs+IlbgFrIAYagV5iA2ooMz5CZaQXOADHdgO+boWagHWdWK9FZRry5sHuQrETK/NRiO+norV2DKqCvQXckONVcaDSWFeVGSFhfLmUZEhk7" +
  "Yd9f4v3Fk6OQoaIOnWHaIwKLfEw1D/PAO04uNqcPKMC/iirYmlE/0oPGWczHTwucBNwLI3vKbpZ07j5uqFb2GMQrKPVLLOK1ULD2b24x+DdYI/" +
  "TBuFcR9L9H7mmuzth+hxfKKy9b7jctE1PbQIPTPMeo6vnPeI/39WGJDoz+ukg+WmfdbWVEsxg+vmNKZ1Rj7PF6p9kYYTkHEyFN3hB58JedC8xP" +
  "cD3/hSWGapeFZT/H3lk43+f6VgeeAQye0VOtqydOhlFQQuxbhNs56nejpgNoEKydGOjsvRpPhDz4Pd7DeIpXmIfL+BikPaxstEXMm63YVd2Scv" +
  "NmIu5qmHUJ1QNEb6qZv0U09YapuTYuqKCraTu/+DVvlANAhr443RSq9ERgiSTYKipDnqK0YJv1huWfG+CctETHzA65Kf9zMCrocqUGfO6PsSfY" +
  "8d/nD4dqV/bzoZeS2sc7cdyemwfo9NgyQ3K+5icu4PR83PD6sR4zfFU2Rp0zS1FdAFVkBncI3DxgESQSe/YByS7I4BUc6qpYuNCKGT9wul4Zdp" +
  "GNoF0UzAOcSB4xXBeY7rwh0JN8WdrsTfnZ7vpfEyTvRogULpOwmelpzpDexMwy38/8Z20UJ5BP7SJlyu0Yq3QAOIiIIrToMCWJ9HVlf4VDE8zN" +
  "hDnEyABk0thVArlM6s59HZPzh8G5a+cimrTHgMUutb0R9dy4oxZZo4uYPcniMXOFrHWkZKR+o8Kv9x/1SPEftyRyQwA0ry/6L6vBR8nvPmg8ce" +
  "k3n2x9qAHhpScvGWR0iokLoUYduK80wYDy1ri1oZCJgeR6gf6NMmk+xCKWbYuv2XbaoTJFcYz2oIc8OC2kllKQQ8ypsMePatALhI+NaMqnbfVw" +
  "unaA8h/G0eSYv/wQQDTT58ZWua4IMhWks33+DWW3kwJ8TzJJmB0RishWkh4DY+857GShlUij3kQ6qceIzZcMfdI2sdv5lylJZe/tbKuWzjgLJ8" +
  "19uZ19rlL7zGZxamRoXggaud7++ee1rs4sgUMIbHXnA2C4AKOfgQB9APECAAYQ3AAYABhYL/QACIITkBCTEqV50nMAAKPOgQD6ALEFAAYQIAAY" +
  "b5S5QA1E09H1QICRJEkb/5g4Oyq4Uwt5nx/JI4GBvfmCCsNIf179ANN6DOaEHcZNBoGbAqaCJLxQgrbBSAIyVxdQo0CFgQF3AFEFAAYQIAAYDB" +
  "y6XMX0P7nlA9HdCQTJxUixoiS5BgFNWtYXP8w4SVBg5uAdwM0AABdA3wtc7FrkxHDjYc90QS2C53HQu6pypL+GYtCDg1vcEzorsJf5E6sy+3rp" +
  "ETCfHry8ttnyRYdpzEXNfW3PwBvWsuCQEiLwBaAARsMPABvAAKPmgQH0ADEGAAYQHAAYDXIMclu7l23F8LXRowUVD7Rjbq2WDRVesxJY2eqlpg" +
  "ocHQhVfwvB2TYexQDTl8R9h17nMctwx8LUBd3ui4UvkLywatmQbW8CRbgHVJW+238wR6A6bc4ivaeAo0CegQJxAFEGAAYQGAAYWP2OjEEj36XP" +
  "QDYLvxCt3wNgv7GOyObQBqv+gR3KEE7TdtH/4TczptmQmHjA05fEfYde5zHLcJ/TApt6yuEeO1C3wwpZeSHMidsGVFLd5mzXV4kUK7TTQOTucz" +
  "laXW7tIvKsd1gBk7zNrmwz4HslDxq3zoI2U2+bAgrYO8L8eIrKYL68CZdXH3PAskAOgCJfE6Cj0IEC7gBxBQAGEBwAGAAhECm36MCRcYnUBcUo" +
  "h5iC0E3YRYADHLiScvcopZbc1jQfaWDg05fEfYde5zHLcJ+0uJZISizyS3CR1ZN2HQBExR3Ao0CUgQNrAHEFAAYQJBRgJ1KsBC26EOLYR3uEX3" +
  "lNeA0JB6QbYOqS5jbHIOQtYGjk6tZPIkjNAAAAAAAAAAD0AAAAAAAAA9AAAAAAAAAPCGXDAo2Yg3rwGa9FGjBuBdQtaHbpzq73OM0gAAAAAAAA" +
  "GoAAAAAflI6AAAAAAAC8AAAAAAAAAM4AAAAAAAAAAvAAAAAAAAAAAKNAsYED6AAxCQAEEBQAG7fPVfbzM/8Isv98lCOyJFKXlG6KNDFgKvZL55" +
  "n/4+Z03on88888+rSb2e26DM6Xi4I5geflX7PwI+nA2DVsg2tCPW5exUhFkL1nQiyF7WCx60Y4+WxHZyYGwe+W8ErjxC1JMAx/yDPqpK1igNaE" +
  "S+ODRFx6ZA3TMYpvYWzkeLEPrv7xHBrxxsPqzRYAuZ+q40twHzYTDqzxgNtgI1dIkgPAqS5gAKPogQRlABEGAAgQGAAYb4+EcERRcdCBObnN0L" +
  "CBL7LzfS95QnR+o6kkqohstF9siqJHcz5Dv8mJnsUxWDUWotxbliFUQznek3zImrRe/BSMwK3uJEYaPh1g6a6xGAD6hhDojLgcgrxMKACj+oEE" +
  "4gBRBgAIEBgAGAb/5u/wvyD/NjAIFSlKU0sAWF/YPF1nrRmHWhLka+P0vvvxjmqSJ1k81hkgQMUxWDUWotxbliFUQ0FFGzyLUhUi9EWJSiAvXq" +
  "E9hMrB7DLyQEBKUPYkHxD2PFvtmJn/LA2Kb2gAA+pDBMgtfClgo/mBBV8AEQYACBAYABgCY/w32RyTxIYTm5znVKxAHUHo8P2j0B7xl83y5H7d" +
  "F6NiKUwJXu6pJtKAxTFYNRai3FuWIVRDQTBH34AxEi+BdzRWev7fh0JZRw2pHaiNuuAL/YUoD1c/EWqnLlL91PBLI5KITBSGXFIDK/yIo++BBd" +
  "wAkQUACBAYABgAIRBcL1AECbm5ydEdFFD6cAJuH7yzAgy3gfQSvkUVAmLpeI5al+DFMVg1FqLcW5YhVENBQq0+Jz1uba37i+AG+IHlWQYQ7ddc" +
  "9T4O2LK5RPVULfx+ef+Ds3/75CFbaHJKC6CjQI+BBlkA8QcACBAcABgAIIAt7+uwAEElKSkpgrVyVZvY9nzFTrnwNFYDo489M3lb0jiNlb7Xxr" +
  "V2D5XcvwiKm08DW+864XeAxTFYNRai3FuWIVRDQUHsh5WpmiwRvtBPmolfOeOrgOGwHwf//ZdSn9bEaX9UAX/+v6ey9jDTQkREOQy0IAvFiEQl" +
  "hSlkXrp8AKP1gQbWANEEAAgQIAAYCdSrZgr0x7+V/zg47e9xLA/My0JCc8DJ6M2WzNlLfDQAAABSFoAAAAATOKN7hsPBW/yjSyGQg78cqZwloY" +
  "oRvUTEPY34BcAAAAAAAAAAAkD2Qxj72d/fplSAAAAAAkwHyMAAAAAAAAAAo9CBB1MAEQQAFBAgABgLe4llMUyXMeBRvmEbE363X++eek3oWF3B" +
  "utgASH3CQaPAQeoW4lnXqIeCI+ZsAAAh2N5PYAMPRSZTlXAeR9hxNoniABxTu2uRu4+zgQC3iveBAfGCAXjwgQM=";
