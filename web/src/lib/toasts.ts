import { Store } from "@/lib/store";

export interface Toast {
  id: number;
  text: string;
  tone: "done" | "trouble";
}

/** More at once would be a wall of text. */
const LIMIT = 3;

export const toasts = new Store<readonly Toast[]>([]);
let count = 0;

export function showToast(text: string, tone: Toast["tone"] = "done"): void {
  count += 1;
  const toast: Toast = { id: count, text, tone };
  toasts.set((shown) => [...shown.filter((item) => item.text !== text), toast].slice(-LIMIT));
}

export function dismissToast(id: number): void {
  toasts.set((shown) => shown.filter((toast) => toast.id !== id));
}
