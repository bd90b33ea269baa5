/** The nonce of this page's Content-Security-Policy, for <style> elements that are made here; none in development. */
export function cspNonce(): string | undefined {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  return nonce === "" ? undefined : nonce;
}
