// Passkeys: registration, sign-in and proof. Browsers offer them to scripts only;
// everything else about an account works without this module.

const ask = async (url, fields = {}) => {
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin" });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error);
  return data;
};

// ceremony runs one exchange with the authenticator and returns its answer.
async function ceremony(kind, options) {
  const key = options.publicKey;
  if (kind === "add") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(key) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(key) });
}

// run begins, asks the authenticator, and leads on.
async function run(box) {
  const { passkey: kind, begin, finish, next } = box.dataset;
  const name = box.querySelector('[name="passkey-name"]');
  const start = await ask(begin);
  if (!start.options) return start.next;
  const credential = await ceremony(kind, start.options);
  const fields = { answer: JSON.stringify(credential.toJSON()), next: next ?? "" };
  if (name) fields.name = name.value;
  return (await ask(finish, fields)).next;
}

if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  for (const box of document.querySelectorAll("[data-passkey]")) {
    const button = box.querySelector("button"), error = box.querySelector(".error");
    box.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      error.hidden = true;
      try {
        location.assign(await run(box));
      } catch (e) {
        // A reader who closes the browser's dialog meant to; the words of a DOMException are not for people.
        error.textContent = e instanceof DOMException ? box.dataset.failed : e.message;
        error.hidden = false;
        button.disabled = false;
      }
    });
  }
}
