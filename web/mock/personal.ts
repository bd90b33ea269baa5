/** What the personal settings show in the mock: a person with two devices and no second factor yet. */
import type { OpenSessionView, ProductView, SecondFactorView } from "@/lib/wire/openapi.gen";
import { NOW, iso } from "./world";

const HOUR = 3_600_000;

export const openSessions: OpenSessionView[] = [
  {
    id: "00000000-0000-7000-9100-000000000001",
    device: "computer",
    browser: "Firefox 148",
    os: "Linux",
    ip: "203.0.113.7",
    created_at: iso(NOW - 50 * HOUR),
    last_seen_at: iso(NOW),
    current: true,
  },
  {
    id: "00000000-0000-7000-9100-000000000002",
    device: "phone",
    browser: "Chrome 156",
    os: "Android 17",
    ip: "198.51.100.24",
    created_at: iso(NOW - 300 * HOUR),
    last_seen_at: iso(NOW - 3 * HOUR),
    current: false,
  },
];

export const secondFactor: SecondFactorView = {
  totp_since: null,
  passkeys: 0,
  recovery_codes_left: 0,
  is_mandatory: false,
};

export const product: ProductView = {
  product_name: "Prosa",
  support_contact: "suporte@prosa.example",
  banner: { level: "info", text: "Manutenção no domingo, das 2h às 4h." },
  password_minimum: 10,
};
