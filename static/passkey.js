// What a passkey of this browser answers to the server's challenge.

// Browsers without these two make no passkeys here; an address of numbers can never have one.
export function passkeysWork() {
  const kind = globalThis.PublicKeyCredential;
  const named = !/^[\d.]+$|^\[/.test(location.hostname);
  return named && isSecureContext && !!kind?.parseCreationOptionsFromJSON && !!kind.parseRequestOptionsFromJSON;
}

// A new one, as JSON; null when there is none, mostly because the person stopped it.
export async function makePasskey(options) {
  return answered(() => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  });
}

// Of one that is there.
export async function usePasskey(options) {
  return answered(() => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return navigator.credentials.get({ publicKey });
  });
}

async function answered(ask) {
  try {
    return (await ask()).toJSON();
  } catch {
    return null;
  }
}
