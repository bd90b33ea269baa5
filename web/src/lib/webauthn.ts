/**
 * Passkeys through the browser's own JSON forms (WebAuthn Level 3, sections 5.1.8 to 5.1.10): what the server writes goes
 * in as it is, what the authenticator answers goes back as it is. Browsers without them (older than spring 2025) are
 * told that they have no passkeys.
 */

export type PasskeyTrouble = "unsupported" | "cancelled" | "exists" | "failed";

export class PasskeyError extends Error {
  readonly trouble: PasskeyTrouble;

  constructor(trouble: PasskeyTrouble, cause?: unknown) {
    super(trouble, { cause });
    this.name = "PasskeyError";
    this.trouble = trouble;
  }
}

export type CredentialJson = RegistrationResponseJSON | AuthenticationResponseJSON;

/**
 * Why there can be no passkeys here: a bare IP address is no domain that one could be made for; older browsers and pages
 * outside secure contexts (plain http on a machine's own name) do not offer them.
 */
export function passkeyObstacle(): "address" | "unsupported" | null {
  if (/^[\d.]+$|:/.test(location.hostname)) return "address";
  const type = (window as { PublicKeyCredential?: typeof PublicKeyCredential }).PublicKeyCredential;
  const isHere =
    type !== undefined && "parseRequestOptionsFromJSON" in type && "parseCreationOptionsFromJSON" in type;
  return isHere ? null : "unsupported";
}

export function hasPasskeys(): boolean {
  return passkeyObstacle() === null;
}

function troubleOf(error: unknown): PasskeyTrouble {
  if (!(error instanceof DOMException)) return "failed";
  // NotAllowedError: dismissed, timed out, or nothing that fits; the browser tells nobody which.
  if (error.name === "NotAllowedError" || error.name === "AbortError") return "cancelled";
  return error.name === "InvalidStateError" ? "exists" : "failed";
}

function toJson(credential: Credential | null): CredentialJson {
  if (!(credential instanceof PublicKeyCredential)) throw new PasskeyError("failed");
  return credential.toJSON();
}

/** Makes a passkey on this device. Throws PasskeyError. */
export async function createPasskey(options: object): Promise<CredentialJson> {
  if (!hasPasskeys()) throw new PasskeyError("unsupported");
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      options as PublicKeyCredentialCreationOptionsJSON,
    );
    return toJson(await navigator.credentials.create({ publicKey }));
  } catch (error) {
    throw error instanceof PasskeyError ? error : new PasskeyError(troubleOf(error), error);
  }
}

/** Proves that a passkey is here. Throws PasskeyError. */
export async function provePasskey(options: object): Promise<CredentialJson> {
  if (!hasPasskeys()) throw new PasskeyError("unsupported");
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
      options as PublicKeyCredentialRequestOptionsJSON,
    );
    return toJson(await navigator.credentials.get({ publicKey }));
  } catch (error) {
    throw error instanceof PasskeyError ? error : new PasskeyError(troubleOf(error), error);
  }
}
