/* Passkeys: asks the browser to make or use one, puts its answer into the form and sends that. */

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const listed = (found) => (found ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function made(asked) {
  const user = { ...asked.user, id: bytes(asked.user.id) };
  const publicKey = { ...asked, challenge: bytes(asked.challenge), user, excludeCredentials: listed(asked.excludeCredentials) };
  const found = await navigator.credentials.create({ publicKey });
  const response = { clientDataJSON: text(found.response.clientDataJSON), attestationObject: text(found.response.attestationObject) };
  return { id: found.id, rawId: text(found.rawId), type: found.type, response };
}

async function used(asked) {
  const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) };
  const found = await navigator.credentials.get({ publicKey });
  const response = {
    clientDataJSON: text(found.response.clientDataJSON),
    authenticatorData: text(found.response.authenticatorData),
    signature: text(found.response.signature),
  };
  return { id: found.id, rawId: text(found.rawId), type: found.type, response };
}

function prepare(place) {
  const button = place.querySelector("button");
  const failed = place.querySelector("[role=alert]");
  const field = place.querySelector("input[type=hidden]");
  const ask = place.dataset.passkey === "create" ? made : used;
  button.hidden = false;
  if (place.dataset.passkey === "get") button.focus();
  button.addEventListener("click", async () => {
    failed.hidden = true;
    button.disabled = true;
    try {
      field.value = JSON.stringify(await ask(JSON.parse(place.dataset.options)));
      button.form.noValidate = true; // what else could be typed there is not needed now
      button.form.requestSubmit(); // not submit(): others hear of this one, and hold their reloads
    } catch {
      // Refused, timed out, or no device: the browser does not say which, and nor do we.
      failed.textContent = place.dataset.failed;
      failed.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
}

if (window.PublicKeyCredential) {
  for (const place of document.querySelectorAll("[data-passkey]")) prepare(place);
}
