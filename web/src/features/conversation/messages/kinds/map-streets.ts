/** A map motif: streets, a park and a river that depend on the place alone, so one place always looks the same. Pure. */

export interface Street {
  kind: "park" | "river" | "avenue" | "street";
  path: string;
}

const WIDTH = 300;
const HEIGHT = 132;

export function mapStreets(latitude: number, longitude: number): Street[] {
  const random = randomFrom(Math.round(latitude * 10_000) * 31 + Math.round(longitude * 10_000));
  const slope = (random() - 0.5) * 0.5;
  const rising = (y: number) => `M-20 ${round(y - slope * 170)}L320 ${round(y + slope * 170)}`;
  const falling = (x: number) => `M${round(x + slope * 76)} -10L${round(x - slope * 76)} 142`;
  const streets: Street[] = [];
  const park = { x: random() * 200 + 20, y: random() * 50 + 10, r: 24 + random() * 18 };
  streets.push({
    kind: "park",
    path: `M${round(park.x)} ${round(park.y)}h${round(park.r * 2)}v${round(park.r)}q${round(-park.r)} 14 ${round(-park.r * 2)} 0z`,
  });
  const bend = 20 + random() * 90;
  streets.push({
    kind: "river",
    path: `M-10 ${round(bend)}C80 ${round(bend - 60)} 170 ${round(bend + 70)} 310 ${round(random() * HEIGHT)}`,
  });
  for (let y = 8 + random() * 14; y < HEIGHT; y += 22 + random() * 12) streets.push({ kind: "street", path: rising(y) });
  for (let x = 6 + random() * 20; x < WIDTH; x += 30 + random() * 22) streets.push({ kind: "street", path: falling(x) });
  streets.push({ kind: "avenue", path: rising(HEIGHT * 0.55) }, { kind: "avenue", path: falling(WIDTH * 0.5) });
  return streets;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** mulberry32: small, and the same in every browser. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
